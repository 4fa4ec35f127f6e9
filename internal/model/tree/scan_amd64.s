//go:build !purego

#include "textflag.h"

// CONSTANTS loads the scanner at DX, see scan.go: G, H, lambda, the bar, the least hessian, 2^52, 2^52 + bias,
// bias << shift, 1<<shift - 1, what is missing; the shift goes to X15.
#define CONSTANTS \
	VBROADCASTSD 0(DX), Y0; \
	VBROADCASTSD 8(DX), Y1; \
	VBROADCASTSD 16(DX), Y2; \
	VBROADCASTSD 24(DX), Y3; \
	VBROADCASTSD 32(DX), Y4; \
	VBROADCASTSD 40(DX), Y5; \
	VBROADCASTSD 48(DX), Y6; \
	VPBROADCASTQ 56(DX), Y7; \
	VPBROADCASTQ 64(DX), Y8; \
	VPBROADCASTQ 72(DX), Y9; \
	VMOVQ 80(DX), X15

// FOUR looks at the four cuts from SI + 8·AX on and leaves GL·GL·dr + GR·GR·dl in Y10, dl in Y11, dr in Y12 and in Y14
// ones where both sides have the least hessian. A sum becomes two floats without a conversion of 64-bit integers, which
// AVX2 lacks: bits below 2^52 under the exponent of 2^52 are the number 2^52 + bits.
#define FOUR \
	VPADDQ (SI)(AX*8), Y9, Y10; \
	VPAND Y8, Y10, Y11; \
	VPOR Y5, Y11, Y11; \
	VSUBPD Y5, Y11, Y11; \
	VPADDQ Y7, Y10, Y10; \
	VPSRLQ X15, Y10, Y10; \
	VPOR Y5, Y10, Y10; \
	VSUBPD Y6, Y10, Y10; \
	VSUBPD Y11, Y1, Y12; \
	VSUBPD Y10, Y0, Y13; \
	VMINPD Y11, Y12, Y14; \
	VCMPPD $13, Y4, Y14, Y14; \
	VADDPD Y2, Y11, Y11; \
	VADDPD Y2, Y12, Y12; \
	VMULPD Y10, Y10, Y10; \
	VMULPD Y12, Y10, Y10; \
	VMULPD Y13, Y13, Y13; \
	VMULPD Y11, Y13, Y13; \
	VADDPD Y13, Y10, Y10

// func highestAVX2(prefix *int64, n int, c *scanner) float64
//
// The loop in Go is in scanner.highest; n is a multiple of 4.
TEXT ·highestAVX2(SB), NOSPLIT, $0-32
	MOVQ prefix+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ c+16(FP), DX
	CONSTANTS
	VXORPD Y3, Y3, Y3
	XORQ AX, AX

highest:
	FOUR
	VMULPD Y12, Y11, Y11
	VDIVPD Y11, Y10, Y10
	VANDPD Y14, Y10, Y10
	VMAXPD Y10, Y3, Y3
	ADDQ $4, AX
	CMPQ AX, CX
	JLT  highest

	VEXTRACTF128 $1, Y3, X4
	VMAXPD X4, X3, X3
	VPERMILPD $1, X3, X4
	VMAXSD X4, X3, X3
	VMOVSD X3, ret+24(FP)
	VZEROUPPER
	RET

// func candidateAVX2(prefix *int64, n int, c *scanner) int
//
// The loop in Go is in scanner.candidate; n is a multiple of 4.
TEXT ·candidateAVX2(SB), NOSPLIT, $0-32
	MOVQ prefix+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ c+16(FP), DX
	CONSTANTS
	XORQ AX, AX

candidate:
	FOUR
	VMULPD Y3, Y11, Y11
	VMULPD Y12, Y11, Y11      // bar·dl·dr
	VCMPPD $21, Y11, Y10, Y10 // not less
	VANDPD Y14, Y10, Y10
	VMOVMSKPD Y10, R8
	TESTL R8, R8
	JNZ   found
	ADDQ  $4, AX
	CMPQ  AX, CX
	JLT   candidate

found:
	MOVQ AX, ret+24(FP)
	VZEROUPPER
	RET
