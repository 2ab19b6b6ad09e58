#include "core/models/wan/family.h"

#include "core/models/wan/wan_model.h"

namespace headroom::models::wan {

ModelFamily family()
{
    return {"WanPipeline", &WanModel::open};
}

}  // namespace headroom::models::wan
