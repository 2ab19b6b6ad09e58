#include "core/models/cogvideox/family.h"

#include "core/models/cogvideox/cogvideox_model.h"

namespace headroom::models::cogvideox {

ModelFamily family()
{
    return {"CogVideoXPipeline", &CogVideoXModel::open};
}

}  // namespace headroom::models::cogvideox
