#pragma once

#include <string>

#include <CLI/App.hpp>

#include "core/base/result.h"
#include "core/engine/request.h"

namespace headroom::app {

/// The options of every verb that computes: device, dtype, budget, VAE strategy, report.
struct ComputeOptions {
    std::string device = "auto";
    std::string dtype = "auto";
    std::string budget = "auto";
    std::string vae = "auto";
    std::string slicing = "auto";
    std::string report;

    void declare(CLI::App& verb);
    /// The report's too, for the verbs that run.
    void declare_report(CLI::App& verb);

    /// Errors: Usage for a word that is none of the option's, or for one that is not available yet.
    Result<ExecutionOptions> execution() const;
};

/// The options of every verb that is about a whole clip: width, height, frames, steps, guidance. They fill in the request, which
/// outlives `verb`.
void declare_clip(CLI::App& verb, GenerateRequest& request);

/// The error for what the contract names and a later version brings.
tl::unexpected<Error> not_available_yet(const std::string& what);

}  // namespace headroom::app
