#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"
#include "core/tokenizers/piece_table.h"

namespace headroom::tokenizers {

/// The unigram language model of a tokenizer.json: the split of a word into pieces whose summed log probabilities are highest.
///
/// This is not left to SentencePiece, because it adds in float32 and Hugging Face's tokenizers in float64: of splits that are
/// equally likely ("..." + "." and "." + "...") the two then take different ones (in 2 of 1000 English words with punctuation
/// behind them), and the published file's ids are those of float64.
class UnigramModel {
public:
    /// json: the "model" object of a tokenizer.json. Errors: BadModel with the path in the sentence.
    static Result<UnigramModel> parse(const nlohmann::json& json, const std::filesystem::path& path);

    /// Appends the ids of one word, valid UTF-8 as the pre-tokenizer cut it; neighbouring unknown characters become one unknown
    /// token. Errors: BadModel for an unknown character when the model has no unknown token.
    Result<void> encode(std::string_view word, std::vector<std::int32_t>& ids) const;

    std::optional<std::int32_t> find(std::string_view piece) const { return m_pieces.find(piece); }

private:
    /// The best split of a word's first bytes.
    struct BestPath {
        double score = 0.0;
        std::size_t start = 0;  ///< Where its last piece starts.
        std::int32_t id = -1;   ///< That piece; -1 while no path ends here.
    };

    Result<std::vector<BestPath>> best_paths(std::string_view word) const;

    PieceTable m_pieces;
    std::vector<double> m_scores;
    double m_unknown_score = 0.0;
    std::optional<std::int32_t> m_unknown_id;
};

}  // namespace headroom::tokenizers
