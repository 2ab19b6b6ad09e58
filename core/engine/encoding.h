#pragma once

#include "core/engine/generation.h"

namespace headroom {

/// The clip that a request's inputs make: size and length that the model takes. What was left out comes from the inputs: their
/// own size if it is legal, else the nearest legal one below; with one side left out, the one that keeps the picture's shape; the
/// longest legal length that all inputs have. The listener hears of scaling and of frames left out that nobody asked for. Errors:
/// Usage (no input, a number that is not legal, inputs of different sizes where one is needed), BadInput (an input that can't be
/// read or is too short), Cancelled.
Result<models::ClipSize> resolve_inputs(const EncodeRequest& request, const ModelInfo& model, RunListener& listener,
                                        const std::stop_token& stop);

/// Encodes the inputs, frame by frame as they are read: item by item, or side by side with Slicing::Off. Where memory runs out,
/// an item begins anew by a cheaper way. The report gains the encode stage and the number of frames. Returns the normalised
/// latents of the whole batch, float32, in the computer's memory. Errors: BadInput, Cancelled, OutOfMemory.
Result<Tensor> encode_clips(const std::vector<std::filesystem::path>& inputs, const models::ClipSize& size, AdaptivePlan& plan,
                            const RunEnvironment& environment, RunReport& report);

}  // namespace headroom
