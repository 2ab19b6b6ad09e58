#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

struct evp_md_ctx_st;

namespace headroom::runtime {

/// SHA-256 of bytes that are added piece by piece.
class Sha256 {
public:
    Sha256();

    void add(std::span<const std::byte> bytes);
    /// 64 lower-case hexadecimal digits; nothing may be added afterwards.
    std::string hex();

private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const;
    };
    std::unique_ptr<evp_md_ctx_st, Free> m_context;
};

}  // namespace headroom::runtime
