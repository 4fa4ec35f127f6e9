//go:build !purego

#include "textflag.h"

DATA logistic<>+0(SB)/8, $1.0
DATA logistic<>+8(SB)/8, $1e-16
GLOBL logistic<>(SB), RODATA|NOPTR, $16

// func logisticAVX2(grad, hess *float32, y, raw, e *float64, n int)
//
//	great := 1 / (1 + e)
//	small := e * great
//	hess = max(great*small, 1e-16) // leastHessian
//	grad = (raw < 0 ? small : great) - y
TEXT ·logisticAVX2(SB), NOSPLIT, $0-48
	MOVQ grad+0(FP), DI
	MOVQ hess+8(FP), SI
	MOVQ y+16(FP), R8
	MOVQ raw+24(FP), R9
	MOVQ e+32(FP), R10
	MOVQ n+40(FP), CX
	VBROADCASTSD logistic<>+0(SB), Y8
	VBROADCASTSD logistic<>+8(SB), Y9
	XORQ AX, AX

loop:
	VMOVUPD (R10)(AX*8), Y0
	VADDPD Y0, Y8, Y1
	VDIVPD Y1, Y8, Y1       // great
	VMULPD Y0, Y1, Y2       // small
	VMULPD Y1, Y2, Y3
	VMAXPD Y3, Y9, Y3       // NaN stays
	VMOVUPD (R9)(AX*8), Y4
	VBLENDVPD Y4, Y2, Y1, Y1 // by the sign bit of raw
	VSUBPD (R8)(AX*8), Y1, Y1
	VCVTPD2PSY Y1, X1
	VCVTPD2PSY Y3, X3
	VMOVUPS X1, (DI)(AX*4)
	VMOVUPS X3, (SI)(AX*4)
	ADDQ $4, AX
	CMPQ AX, CX
	JLT  loop
	VZEROUPPER
	RET
