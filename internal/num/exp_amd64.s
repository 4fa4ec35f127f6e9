//go:build !purego

#include "textflag.h"

DATA expLimits<>+0(SB)/8, $-708.0
DATA expLimits<>+8(SB)/8, $709.0
DATA expLimits<>+16(SB)/8, $1.44269504088896340735992468100189214
DATA expLimits<>+24(SB)/8, $6755399441055744.0
DATA expLimits<>+32(SB)/8, $6.93147180369123816490e-01
DATA expLimits<>+40(SB)/8, $1.90821492927058770002e-10
DATA expLimits<>+48(SB)/8, $1023
DATA expLimits<>+56(SB)/8, $0x7ff0000000000000
GLOBL expLimits<>(SB), RODATA|NOPTR, $64

// TERM is one step of Horner's rule: Y3 = Y3·Y2 + the k-th coefficient. Product and sum are rounded, as in Go.
#define TERM(k) \
	VBROADCASTSD (8*k)(DX), Y4; \
	VMULPD Y2, Y3, Y3; \
	VADDPD Y4, Y3, Y3

// func expAVX2(dst, x *float64, n int)
//
// The function exp of exp.go on four numbers at a time.
TEXT ·expAVX2(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ n+16(FP), CX
	LEAQ ·expSeries(SB), DX
	LEAQ expLimits<>(SB), BX
	VBROADCASTSD 0(BX), Y8   // least
	VBROADCASTSD 8(BX), Y9   // most
	VBROADCASTSD 16(BX), Y10 // log2 e
	VBROADCASTSD 24(BX), Y11 // 1.5·2^52
	VBROADCASTSD 32(BX), Y12 // ln 2, high part
	VBROADCASTSD 40(BX), Y13 // ln 2, low part
	VPBROADCASTQ 48(BX), Y14 // 1023
	VBROADCASTSD 56(BX), Y15 // +Inf
	XORQ AX, AX

loop:
	VMOVUPD (SI)(AX*8), Y0
	VMULPD Y10, Y0, Y1
	VADDPD Y11, Y1, Y1       // t
	VSUBPD Y11, Y1, Y2       // k
	VMULPD Y12, Y2, Y3
	VMULPD Y13, Y2, Y4
	VSUBPD Y3, Y0, Y2
	VSUBPD Y4, Y2, Y2        // r
	VBROADCASTSD (DX), Y3
	TERM(1)
	TERM(2)
	TERM(3)
	TERM(4)
	TERM(5)
	TERM(6)
	TERM(7)
	TERM(8)
	TERM(9)
	TERM(10)
	TERM(11)
	TERM(12)
	TERM(13)
	VPADDQ Y14, Y1, Y1
	VPSLLQ $52, Y1, Y1
	VMULPD Y1, Y3, Y3
	VCMPPD $17, Y8, Y0, Y4   // x < least
	VANDNPD Y3, Y4, Y3
	VCMPPD $30, Y9, Y0, Y4   // x > most
	VBLENDVPD Y4, Y15, Y3, Y3
	VMOVUPD Y3, (DI)(AX*8)
	ADDQ $4, AX
	CMPQ AX, CX
	JLT  loop
	VZEROUPPER
	RET
