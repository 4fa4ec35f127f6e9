//go:build !purego

#include "textflag.h"

// One histogram is 264 cells of 8 bytes (histogramStride).
#define STRIDE 2112

// TWO adds DX to the cells of the two lowest bytes of AX, in the histograms a and b from DI on. Taking the bytes out of
// a register leaves the load ports to the cells.
#define TWO(a, b) \
	MOVBLZX AL, CX; \
	MOVBLZX AH, BX; \
	SHRQ $16, AX; \
	ADDQ DX, (a*STRIDE)(DI)(CX*8); \
	ADDQ DX, (b*STRIDE)(DI)(BX*8)

// ROW adds one row, number AX; label names have to differ from use to use.
#define ROW(eight, four, done) \
	MOVQ (R11)(AX*8), DX; \
	IMULQ R8, AX; \
	LEAQ (SI)(AX*1), R14; \
	MOVQ R12, DI; \
	MOVQ R13, R15; \
	TESTQ R15, R15; \
	JZ four; \
eight: \
	MOVQ (R14), AX; \
	TWO(0, 1); \
	TWO(2, 3); \
	TWO(4, 5); \
	TWO(6, 7); \
	ADDQ $8, R14; \
	ADDQ $(8*STRIDE), DI; \
	DECQ R15; \
	JNZ eight; \
four: \
	TESTQ $4, R8; \
	JZ done; \
	MOVL (R14), AX; \
	TWO(0, 1); \
	TWO(2, 3); \
done:

// func accumulateAVX2(hist *int64, bins *uint8, width int, rows *uint32, n int, packed *int64)
//
//	for i, r := range rows {
//		prefetch(packed[rows[i+16]], bins[rows[i+16]*width])
//		for c := range width { // a multiple of 4
//			hist[c*histogramStride + bins[r*width+c]] += packed[r]
//		}
//	}
TEXT ·accumulateAVX2(SB), NOSPLIT, $0-48
	MOVQ hist+0(FP), R12
	MOVQ bins+8(FP), SI
	MOVQ width+16(FP), R8
	MOVQ rows+24(FP), R9
	MOVQ n+32(FP), R10
	MOVQ packed+40(FP), R11
	MOVQ R8, R13
	SHRQ $3, R13
	SUBQ $16, R10
	JLE  rest

ahead:
	MOVL 64(R9), AX
	PREFETCHT0 (R11)(AX*8)
	IMULQ R8, AX
	PREFETCHT0 (SI)(AX*1)
	MOVL (R9), AX
	ROW(eight1, four1, done1)
	ADDQ $4, R9
	DECQ R10
	JNZ  ahead

rest:
	ADDQ $16, R10
	JLE  end

last:
	MOVL (R9), AX
	ROW(eight2, four2, done2)
	ADDQ $4, R9
	DECQ R10
	JNZ  last

end:
	RET
