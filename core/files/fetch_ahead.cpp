#include "core/files/fetch_ahead.h"

namespace headroom::files {

FetchAhead::FetchAhead(const WeightIndex& index)
    : m_thread([&index](const std::stop_token& stop) {
          for (const SafetensorsFile& file : index.files()) {
              for (const TensorEntry& entry : file.entries()) {
                  if (stop.stop_requested()) return;
                  file.will_need(entry);
              }
          }
      })
{
}

}  // namespace headroom::files
