//go:build !purego

#include "textflag.h"

DATA exp512<>+0(SB)/8, $-708.0
DATA exp512<>+8(SB)/8, $709.0
DATA exp512<>+16(SB)/8, $1.44269504088896340735992468100189214
DATA exp512<>+24(SB)/8, $6755399441055744.0
DATA exp512<>+32(SB)/8, $6.93147180369123816490e-01
DATA exp512<>+40(SB)/8, $1.90821492927058770002e-10
DATA exp512<>+48(SB)/8, $1023
DATA exp512<>+56(SB)/8, $0x7ff0000000000000
GLOBL exp512<>(SB), RODATA|NOPTR, $64

// TERM is one step of Horner's rule: Z3 = Z3·Z2 + the k-th coefficient. Product and sum are rounded, as in Go.
#define TERM(k) \
	VMULPD Z2, Z3, Z3; \
	VADDPD.BCST (8*k)(DX), Z3, Z3

// func expAVX512(dst, x *float64, n int)
//
// The function exp of exp.go on eight numbers at a time; the last eight are masked by K1.
TEXT ·expAVX512(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ n+16(FP), CX
	LEAQ ·expSeries(SB), DX
	LEAQ exp512<>(SB), BX
	VBROADCASTSD 0(BX), Z8   // least
	VBROADCASTSD 8(BX), Z9   // most
	VBROADCASTSD 16(BX), Z10 // log2 e
	VBROADCASTSD 24(BX), Z11 // 1.5·2^52
	VBROADCASTSD 32(BX), Z12 // ln 2, high part
	VBROADCASTSD 40(BX), Z13 // ln 2, low part
	VPBROADCASTQ 48(BX), Z14 // 1023
	VBROADCASTSD 56(BX), Z15 // +Inf
	MOVL $255, AX

loop:
	CMPQ CX, $8
	JGE  whole
	MOVL $1, AX
	SHLL CX, AX
	DECL AX // the lanes below n

whole:
	KMOVB AX, K1
	VMOVUPD.Z (SI), K1, Z0
	VMULPD Z10, Z0, Z1
	VADDPD Z11, Z1, Z1 // t
	VSUBPD Z11, Z1, Z2 // k
	VMULPD Z12, Z2, Z3
	VMULPD Z13, Z2, Z4
	VSUBPD Z3, Z0, Z2
	VSUBPD Z4, Z2, Z2  // r
	VBROADCASTSD (DX), Z3
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
	VPADDQ Z14, Z1, Z1
	VPSLLQ $52, Z1, Z1
	VCMPPD $21, Z8, Z0, K2 // not x < least
	VCMPPD $30, Z9, Z0, K3 // x > most
	VMULPD.Z Z1, Z3, K2, Z3
	VMOVAPD Z15, K3, Z3
	VMOVUPD Z3, K1, (DI)
	ADDQ $64, SI
	ADDQ $64, DI
	SUBQ $8, CX
	JG   loop
	VZEROUPPER
	RET
