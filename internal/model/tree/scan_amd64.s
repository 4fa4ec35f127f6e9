//go:build !purego

#include "textflag.h"

// func scanAVX2(prefix *int64, n int, c *scanner) int
//
// Lanes are cuts; see scanner.candidate for the loop in Go. A sum becomes two floats without a conversion of 64-bit
// integers, which AVX2 lacks: bits below 2^52 under the exponent of 2^52 are the number 2^52 + bits.
TEXT ·scanAVX2(SB), NOSPLIT, $0-32
	MOVQ prefix+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ c+16(FP), DX
	VBROADCASTSD 0(DX), Y0  // G
	VBROADCASTSD 8(DX), Y1  // H
	VBROADCASTSD 16(DX), Y2 // lambda
	VBROADCASTSD 24(DX), Y3 // bar
	VBROADCASTSD 32(DX), Y4 // least hessian
	VBROADCASTSD 40(DX), Y5 // 2^52
	VBROADCASTSD 48(DX), Y6 // 2^52 + bias
	VPBROADCASTQ 56(DX), Y7 // bias << shift
	VPBROADCASTQ 64(DX), Y8 // 1<<shift - 1
	VPBROADCASTQ 72(DX), Y9 // missing
	VMOVQ 80(DX), X15       // shift
	XORQ AX, AX

loop:
	VPADDQ (SI)(AX*8), Y9, Y10 // left
	VPAND Y8, Y10, Y11
	VPOR Y5, Y11, Y11
	VSUBPD Y5, Y11, Y11        // HL
	VPADDQ Y7, Y10, Y10
	VPSRLQ X15, Y10, Y10
	VPOR Y5, Y10, Y10
	VSUBPD Y6, Y10, Y10        // GL
	VSUBPD Y11, Y1, Y12        // HR
	VSUBPD Y10, Y0, Y13        // GR
	VMINPD Y11, Y12, Y14
	VCMPPD $13, Y4, Y14, Y14   // min(HL, HR) >= least hessian
	VADDPD Y2, Y11, Y11        // dl
	VADDPD Y2, Y12, Y12        // dr
	VMULPD Y10, Y10, Y10
	VMULPD Y12, Y10, Y10       // GL·GL·dr
	VMULPD Y13, Y13, Y13
	VMULPD Y11, Y13, Y13       // GR·GR·dl
	VADDPD Y13, Y10, Y10
	VMULPD Y3, Y11, Y11
	VMULPD Y12, Y11, Y11       // bar·dl·dr
	VCMPPD $21, Y11, Y10, Y10  // not less
	VANDPD Y14, Y10, Y10
	VMOVMSKPD Y10, R8
	TESTL R8, R8
	JNZ   found
	ADDQ  $4, AX
	CMPQ  AX, CX
	JLT   loop

found:
	MOVQ AX, ret+24(FP)
	VZEROUPPER
	RET
