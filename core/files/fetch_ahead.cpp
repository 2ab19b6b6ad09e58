#include "core/files/fetch_ahead.h"

#include <algorithm>

namespace headroom::files {

namespace {

/// The system reads this much of one piece of advice at most (its read-ahead window), however large the range.
constexpr std::size_t kPieceBytes = 128 << 10;

}  // namespace

FetchAhead::FetchAhead(const WeightIndex& index)
    : m_thread([&index](const std::stop_token& stop) {
          for (const SafetensorsFile& file : index.files()) {
              for (const TensorEntry& entry : file.entries()) {
                  for (std::size_t done = 0; done < entry.bytes.size() && !stop.stop_requested(); done += kPieceBytes) {
                      file.will_need(entry.bytes.subspan(done, std::min(kPieceBytes, entry.bytes.size() - done)));
                  }
              }
          }
      })
{
}

}  // namespace headroom::files
