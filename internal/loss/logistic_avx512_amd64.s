//go:build !purego

#include "textflag.h"

DATA logistic512<>+0(SB)/8, $1.0
DATA logistic512<>+8(SB)/8, $1e-16
GLOBL logistic512<>(SB), RODATA|NOPTR, $16

// func logisticAVX512(grad, hess *float32, y, raw, e *float64, n int)
//
// What logisticAVX2 does, on eight rows at a time; the last eight are masked by K1.
TEXT ·logisticAVX512(SB), NOSPLIT, $0-48
	MOVQ grad+0(FP), DI
	MOVQ hess+8(FP), SI
	MOVQ y+16(FP), R8
	MOVQ raw+24(FP), R9
	MOVQ e+32(FP), R10
	MOVQ n+40(FP), CX
	VBROADCASTSD logistic512<>+0(SB), Z8
	VBROADCASTSD logistic512<>+8(SB), Z9
	XORQ AX, AX
	MOVL $255, BX

loop:
	CMPQ CX, $8
	JGE  whole
	MOVL $1, BX
	SHLL CX, BX
	DECL BX // the lanes below n

whole:
	KMOVB BX, K1
	VMOVUPD.Z (R10)(AX*8), K1, Z0
	VADDPD Z0, Z8, Z1
	VDIVPD Z1, Z8, Z1       // great
	VMULPD Z0, Z1, Z2       // small
	VMULPD Z1, Z2, Z3
	VMAXPD Z3, Z9, Z3       // NaN stays
	VMOVUPD.Z (R9)(AX*8), K1, Z4
	VPMOVQ2M Z4, K2
	VMOVAPD Z2, K2, Z1      // by the sign bit of raw
	VMOVUPD.Z (R8)(AX*8), K1, Z5
	VSUBPD Z5, Z1, Z1
	VCVTPD2PS Z1, Y1
	VCVTPD2PS Z3, Y3
	VMOVUPS Y1, K1, (DI)(AX*4)
	VMOVUPS Y3, K1, (SI)(AX*4)
	ADDQ $8, AX
	SUBQ $8, CX
	JG   loop
	VZEROUPPER
	RET
