//go:build !purego

#include "textflag.h"

// TAIL sets K1 and R8 to the lanes of the last group, those below CX mod 8, and CX to the number of lanes before it.
#define TAIL \
	MOVQ CX, BX; \
	ANDQ $7, CX; \
	MOVL $1, R8; \
	SHLL CX, R8; \
	DECL R8; \
	KMOVB R8, K1; \
	SUBQ CX, BX; \
	MOVQ BX, CX

// UP moves the lanes of Z0 up by 8-k and adds them. Z4 is 0.
#define UP(k) \
	VALIGNQ $k, Z4, Z0, Z1; \
	VPADDQ Z1, Z0, Z0

// PREFIX adds up the eight cells in Z0, on top of the sum so far in all lanes of Z3, and stores the sums at DI + 8·AX.
// Only the last addition waits for the group before. Z5 is 7 in all lanes.
#define PREFIX \
	UP(7); \
	UP(6); \
	UP(4); \
	VPERMQ Z0, Z5, Z1; \
	VPADDQ Z3, Z0, Z0; \
	VPADDQ Z3, Z1, Z3; \
	VMOVDQU64 Z0, (DI)(AX*8)

DATA lastLane<>+0(SB)/8, $7
GLOBL lastLane<>(SB), RODATA|NOPTR, $8

// func prefixAVX512(dst, cells *int64, n int)
//
//	for i, v := range cells { sum += v; dst[i] = sum } // as if zeros stood behind the n cells
TEXT ·prefixAVX512(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ cells+8(FP), SI
	MOVQ n+16(FP), CX
	TAIL
	VPXORQ Z3, Z3, Z3
	VPXORQ Z4, Z4, Z4
	VPBROADCASTQ lastLane<>(SB), Z5
	XORQ AX, AX
	TESTQ CX, CX
	JZ   tail

loop:
	VMOVDQU64 (SI)(AX*8), Z0
	PREFIX
	ADDQ $8, AX
	CMPQ AX, CX
	JLT  loop

tail:
	TESTL R8, R8
	JZ   done
	VMOVDQU64.Z (SI)(AX*8), K1, Z0
	PREFIX

done:
	VZEROUPPER
	RET

// func subtractAVX512(parent, child *int64, n int)
//
//	for i, v := range child { parent[i] -= v }
TEXT ·subtractAVX512(SB), NOSPLIT, $0-24
	MOVQ parent+0(FP), DI
	MOVQ child+8(FP), SI
	MOVQ n+16(FP), CX
	TAIL
	XORQ AX, AX
	TESTQ CX, CX
	JZ   rest

subtract:
	VMOVDQU64 (DI)(AX*8), Z0
	VPSUBQ (SI)(AX*8), Z0, Z0
	VMOVDQU64 Z0, (DI)(AX*8)
	ADDQ $8, AX
	CMPQ AX, CX
	JLT  subtract

rest:
	VMOVDQU64.Z (DI)(AX*8), K1, Z0
	VMOVDQU64.Z (SI)(AX*8), K1, Z1
	VPSUBQ Z1, Z0, Z0
	VMOVDQU64 Z0, K1, (DI)(AX*8)
	VZEROUPPER
	RET
