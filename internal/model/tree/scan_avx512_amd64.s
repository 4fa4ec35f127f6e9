//go:build !purego

#include "textflag.h"

// CONSTANTS loads the scanner at DX, see scan.go: G, H, lambda, the bar, the least hessian, 1<<shift - 1, what is
// missing; the shift goes to X15.
#define CONSTANTS \
	VBROADCASTSD 0(DX), Z0; \
	VBROADCASTSD 8(DX), Z1; \
	VBROADCASTSD 16(DX), Z2; \
	VBROADCASTSD 24(DX), Z3; \
	VBROADCASTSD 32(DX), Z4; \
	VPBROADCASTQ 64(DX), Z8; \
	VPBROADCASTQ 72(DX), Z9; \
	VMOVQ 80(DX), X15

// EIGHT looks at the eight cuts from SI + 8·AX on and leaves GL·GL·dr + GR·GR·dl in Z10, dl in Z11, dr in Z12 and in K1
// the cuts where both sides have the least hessian. The operations on floats are those of FOUR, in its order; the
// conversions, which AVX2 lacks, are exact as its substitutes are.
#define EIGHT \
	VPADDQ (SI)(AX*8), Z9, Z10; \
	VPANDQ Z8, Z10, Z11; \
	VCVTQQ2PD Z11, Z11; \
	VPSRAQ X15, Z10, Z10; \
	VCVTQQ2PD Z10, Z10; \
	VSUBPD Z11, Z1, Z12; \
	VSUBPD Z10, Z0, Z13; \
	VCMPPD $13, Z4, Z11, K1; \
	VCMPPD $13, Z4, Z12, K1, K1; \
	VADDPD Z2, Z11, Z11; \
	VADDPD Z2, Z12, Z12; \
	VMULPD Z10, Z10, Z10; \
	VMULPD Z12, Z10, Z10; \
	VMULPD Z13, Z13, Z13; \
	VMULPD Z11, Z13, Z13; \
	VADDPD Z13, Z10, Z10

// func highestAVX512(prefix *int64, n int, c *scanner) float64
//
// The loop in Go is in scanner.highest; n is a multiple of 8.
TEXT ·highestAVX512(SB), NOSPLIT, $0-32
	MOVQ prefix+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ c+16(FP), DX
	CONSTANTS
	VPXORQ Z3, Z3, Z3
	XORQ AX, AX

highest:
	EIGHT
	VMULPD Z12, Z11, Z11
	VDIVPD Z11, Z10, Z10
	VMAXPD Z10, Z3, K1, Z3
	ADDQ $8, AX
	CMPQ AX, CX
	JLT  highest

	VEXTRACTF64X4 $1, Z3, Y4
	VMAXPD Y4, Y3, Y3
	VEXTRACTF128 $1, Y3, X4
	VMAXPD X4, X3, X3
	VPERMILPD $1, X3, X4
	VMAXSD X4, X3, X3
	VMOVSD X3, ret+24(FP)
	VZEROUPPER
	RET

// func candidateAVX512(prefix *int64, n int, c *scanner) int
//
// The loop in Go is in scanner.candidate; n is a multiple of 8.
TEXT ·candidateAVX512(SB), NOSPLIT, $0-32
	MOVQ prefix+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ c+16(FP), DX
	CONSTANTS
	XORQ AX, AX

candidate:
	EIGHT
	VMULPD Z3, Z11, Z11
	VMULPD Z12, Z11, Z11 // bar·dl·dr
	VCMPPD $21, Z11, Z10, K1, K1 // not less
	KORTESTB K1, K1
	JNZ   found
	ADDQ  $8, AX
	CMPQ  AX, CX
	JLT   candidate

found:
	MOVQ AX, ret+24(FP)
	VZEROUPPER
	RET
