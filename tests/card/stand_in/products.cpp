// cuBLAS: every product is accepted and none is computed.
#include <cstring>

#include "card_memory.h"

using namespace stand_in;

extern "C" {

int cublasCreate_v2(void** handle)
{
    static int one_handle = 0;
    *handle = &one_handle;
    CardMemory::instance().load_libraries();
    return 0;
}

int cublasDestroy_v2(void*)
{
    return 0;
}
int cublasSetStream_v2(void*, void*)
{
    return 0;
}
int cublasSetWorkspace_v2(void*, void*, std::size_t)
{
    return 0;
}
int cublasSetMathMode(void*, int)
{
    return 0;
}
int cublasSetPointerMode_v2(void*, int)
{
    return 0;
}

int cublasGetMathMode(void*, int* mode)
{
    *mode = 0;
    return 0;
}

int cublasGetPointerMode_v2(void*, int* mode)
{
    *mode = 0;
    return 0;
}

int cublasSgemm_v2()
{
    return 0;
}
int cublasSgemmEx()
{
    return 0;
}
int cublasGemmEx()
{
    return 0;
}
int cublasSgemmStridedBatched()
{
    return 0;
}
int cublasGemmStridedBatchedEx()
{
    return 0;
}

std::size_t cublasLtGetVersion()
{
    return 130100;
}

namespace {

int make_nothing(void** handle)
{
    static int nothing = 0;
    *handle = &nothing;
    return 0;
}

}  // namespace

int cublasLtMatmulDescCreate(void** handle, int, int)
{
    return make_nothing(handle);
}
int cublasLtMatmulDescDestroy(void*)
{
    return 0;
}
int cublasLtMatmulDescSetAttribute(void*, int, const void*, std::size_t)
{
    return 0;
}
int cublasLtMatrixLayoutCreate(void** handle, int, std::uint64_t, std::uint64_t, std::int64_t)
{
    return make_nothing(handle);
}
int cublasLtMatrixLayoutDestroy(void*)
{
    return 0;
}
int cublasLtMatrixLayoutSetAttribute(void*, int, const void*, std::size_t)
{
    return 0;
}
int cublasLtMatmulPreferenceCreate(void** handle)
{
    return make_nothing(handle);
}
int cublasLtMatmulPreferenceDestroy(void*)
{
    return 0;
}
int cublasLtMatmulPreferenceSetAttribute(void*, int, const void*, std::size_t)
{
    return 0;
}
int cublasLtMatmul()
{
    return 0;
}

/// One algorithm, whose record stays as the caller made it.
int cublasLtMatmulAlgoGetHeuristic(void*, void*, void*, void*, void*, void*, void*, int, void*, int* count)
{
    *count = 1;
    return 0;
}

}  // extern "C"
