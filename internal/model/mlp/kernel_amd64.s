//go:build !purego

#include "textflag.h"

DATA constants<>+0(SB)/4, $-87.0
DATA constants<>+4(SB)/4, $88.0
DATA constants<>+8(SB)/4, $1.44269504088896340735992468100189214 // log2 e
DATA constants<>+12(SB)/4, $12582912.0                           // 1.5·2^23
DATA constants<>+16(SB)/4, $0.693145751953125                    // ln 2, high part
DATA constants<>+20(SB)/4, $1.428606765330187e-06                // ln 2, low part
DATA constants<>+24(SB)/4, $127
DATA constants<>+28(SB)/4, $1.0507009873554804934193349852946    // scale of selu
DATA constants<>+32(SB)/4, $1.7580993408473768599402175208123    // scale·alpha of selu
DATA constants<>+36(SB)/4, $1.0
DATA constants<>+40(SB)/4, $2.0
DATA constants<>+44(SB)/4, $4.0
DATA constants<>+48(SB)/4, $20.0
DATA constants<>+52(SB)/4, $3.14159265358979323846264338327950288
GLOBL constants<>(SB), RODATA|NOPTR, $56

// TERM is one step of Horner's rule: Y3 = Y3·Y2 + the k-th coefficient. Products are rounded, as in Go.
#define TERM(k) \
	VBROADCASTSS (4*k)(DX), Y4; \
	VMULPS Y2, Y3, Y3; \
	VADDPS Y4, Y3, Y3

#define EXPCONSTANTS \
	LEAQ ·expSeries(SB), DX; \
	LEAQ constants<>(SB), BX; \
	VBROADCASTSS 0(BX), Y8; \
	VBROADCASTSS 4(BX), Y9; \
	VBROADCASTSS 8(BX), Y10; \
	VBROADCASTSS 12(BX), Y11; \
	VBROADCASTSS 16(BX), Y12; \
	VBROADCASTSS 20(BX), Y13; \
	VPBROADCASTD 24(BX), Y14

// EXP is exp of activation.go: Y3 = e^Y0; Y1, Y2 and Y4 are spent.
#define EXP \
	VMAXPS Y0, Y8, Y0; \
	VMINPS Y0, Y9, Y0; \
	VMULPS Y10, Y0, Y1; \
	VADDPS Y11, Y1, Y1; \
	VSUBPS Y11, Y1, Y2; \
	VMULPS Y12, Y2, Y3; \
	VMULPS Y13, Y2, Y4; \
	VSUBPS Y3, Y0, Y2; \
	VSUBPS Y4, Y2, Y2; \
	VBROADCASTSS (DX), Y3; \
	TERM(1); \
	TERM(2); \
	TERM(3); \
	TERM(4); \
	TERM(5); \
	TERM(6); \
	TERM(7); \
	VPADDD Y14, Y1, Y1; \
	VPSLLD $23, Y1, Y1; \
	VMULPS Y1, Y3, Y3

// func seluAVX2(z, slope, bias *float32, n int)
TEXT ·seluAVX2(SB), NOSPLIT, $0-32
	MOVQ z+0(FP), DI
	MOVQ slope+8(FP), SI
	MOVQ bias+16(FP), R8
	MOVQ n+24(FP), CX
	EXPCONSTANTS
	VBROADCASTSS 28(BX), Y15 // scale
	XORQ AX, AX

eight:
	VMOVUPS (DI)(AX*4), Y5
	VADDPS (R8)(AX*4), Y5, Y5 // z
	VXORPS Y6, Y6, Y6
	VMINPS Y5, Y6, Y0
	EXP
	VBROADCASTSS 32(BX), Y4  // scale·alpha
	VBROADCASTSS 36(BX), Y7  // 1
	VSUBPS Y7, Y3, Y1
	VMULPS Y4, Y1, Y1        // f below 0
	VMULPS Y4, Y3, Y3        // slope below 0
	VMULPS Y15, Y5, Y2       // f above 0
	VCMPPS $30, Y6, Y5, Y6   // z > 0
	VBLENDVPS Y6, Y2, Y1, Y1
	VBLENDVPS Y6, Y15, Y3, Y3
	VMOVUPS Y1, (DI)(AX*4)
	VMOVUPS Y3, (SI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, CX
	JLT  eight
	VZEROUPPER
	RET

// func mishAVX2(z, slope, bias *float32, n int)
TEXT ·mishAVX2(SB), NOSPLIT, $0-32
	MOVQ z+0(FP), DI
	MOVQ slope+8(FP), SI
	MOVQ bias+16(FP), R8
	MOVQ n+24(FP), CX
	EXPCONSTANTS
	VBROADCASTSS 48(BX), Y15 // 20
	VBROADCASTSS 40(BX), Y7  // 2
	XORQ AX, AX

eights:
	VMOVUPS (DI)(AX*4), Y5
	VADDPS (R8)(AX*4), Y5, Y5 // z
	VMINPS Y5, Y15, Y0
	EXP
	VADDPS Y7, Y3, Y1
	VMULPS Y1, Y3, Y1        // n
	VADDPS Y7, Y1, Y2        // n + 2
	VDIVPS Y2, Y1, Y1        // n / (n + 2)
	VMULPS Y2, Y2, Y2
	VBROADCASTSS 44(BX), Y4
	VMULPS Y3, Y4, Y4        // 4e
	VBROADCASTSS 36(BX), Y6
	VADDPS Y6, Y3, Y3        // e + 1
	VMULPS Y3, Y4, Y4
	VDIVPS Y2, Y4, Y4
	VMULPS Y5, Y4, Y4
	VADDPS Y1, Y4, Y4        // slope
	VMULPS Y1, Y5, Y5        // f
	VMOVUPS Y5, (DI)(AX*4)
	VMOVUPS Y4, (SI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, CX
	JLT  eights
	VZEROUPPER
	RET

// SINCOS is one step of Horner's rule for both series: the sine's in Y3, the cosine's in Y5, of Y2.
#define SINCOS(k) \
	VBROADCASTSS (4*k)(DX), Y4; \
	VMULPS Y2, Y3, Y3; \
	VADDPS Y4, Y3, Y3; \
	VBROADCASTSS (4*k)(R9), Y6; \
	VMULPS Y2, Y5, Y5; \
	VADDPS Y6, Y5, Y5

// func turnsAVX2(cos, sin, t *float32, n int)
TEXT ·turnsAVX2(SB), NOSPLIT, $0-32
	MOVQ cos+0(FP), DI
	MOVQ sin+8(FP), SI
	MOVQ t+16(FP), R8
	MOVQ n+24(FP), CX
	LEAQ ·sinSeries(SB), DX
	LEAQ ·cosSeries(SB), R9
	LEAQ constants<>(SB), BX
	VBROADCASTSS 12(BX), Y11 // 1.5·2^23
	VBROADCASTSS 36(BX), Y12 // 1
	VBROADCASTSS 40(BX), Y13 // 2
	VBROADCASTSS 52(BX), Y14 // π
	VBROADCASTSS (DX), Y9
	VBROADCASTSS (R9), Y10
	XORQ AX, AX

turn:
	VMOVUPS (R8)(AX*4), Y0
	VADDPS Y11, Y0, Y1
	VSUBPS Y11, Y1, Y1
	VSUBPS Y1, Y0, Y0
	VMULPS Y14, Y0, Y0 // x
	VMULPS Y0, Y0, Y2  // q
	VMOVAPS Y9, Y3
	VMOVAPS Y10, Y5
	SINCOS(1)
	SINCOS(2)
	SINCOS(3)
	SINCOS(4)
	SINCOS(5)
	VMULPS Y0, Y3, Y3  // s
	VMULPS Y2, Y5, Y5
	VADDPS Y12, Y5, Y5 // c
	VMULPS Y13, Y3, Y4 // 2s
	VMULPS Y3, Y4, Y6
	VSUBPS Y6, Y12, Y6
	VMULPS Y5, Y4, Y4
	VMOVUPS Y6, (DI)(AX*4)
	VMOVUPS Y4, (SI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, CX
	JLT  turn
	VZEROUPPER
	RET

// func adamAVX2(w, by, m, v *float32, n int, s *adamStep)
TEXT ·adamAVX2(SB), NOSPLIT, $0-48
	MOVQ w+0(FP), DI
	MOVQ by+8(FP), SI
	MOVQ m+16(FP), R8
	MOVQ v+24(FP), R9
	MOVQ n+32(FP), CX
	MOVQ s+40(FP), DX
	VBROADCASTSS 0(DX), Y8   // β₁
	VBROADCASTSS 4(DX), Y9   // 1 − β₁
	VBROADCASTSS 8(DX), Y10  // β₂
	VBROADCASTSS 12(DX), Y11 // 1 − β₂
	VBROADCASTSS 16(DX), Y12 // rate
	VBROADCASTSS 20(DX), Y13 // unbias
	VBROADCASTSS 24(DX), Y14 // ε
	VBROADCASTSS 28(DX), Y15 // keep
	XORQ AX, AX

move:
	VMOVUPS (SI)(AX*4), Y0
	VMULPS (R8)(AX*4), Y8, Y1
	VMULPS Y9, Y0, Y2
	VADDPS Y2, Y1, Y1       // m
	VMOVUPS Y1, (R8)(AX*4)
	VMULPS (R9)(AX*4), Y10, Y3
	VMULPS Y11, Y0, Y4
	VMULPS Y0, Y4, Y4
	VADDPS Y4, Y3, Y3       // v
	VMOVUPS Y3, (R9)(AX*4)
	VSQRTPS Y3, Y3
	VMULPS Y13, Y3, Y3
	VADDPS Y14, Y3, Y3
	VMULPS Y12, Y1, Y1
	VDIVPS Y3, Y1, Y1
	VMULPS (DI)(AX*4), Y15, Y5
	VSUBPS Y1, Y5, Y5
	VMOVUPS Y5, (DI)(AX*4)
	ADDQ $8, AX
	CMPQ AX, CX
	JLT  move
	VZEROUPPER
	RET
