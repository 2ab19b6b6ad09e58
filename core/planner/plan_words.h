#pragma once

#include <string>

#include "core/engine/plan.h"

namespace headroom {

/// What a sentence calls the part of a model that a stage runs: "denoiser", to stand behind "the".
const char* words_of(Stage stage);

/// What the part does under its plan: "keeps 12 of its 40 blocks and streams the others, in pieces of 1024 tokens".
std::string way_words(const StagePlan& stage);

}  // namespace headroom
