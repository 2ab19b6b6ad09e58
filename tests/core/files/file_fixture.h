#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <QTemporaryDir>
#include <QTest>

#include "core/base/result.h"

namespace headroom::files::fixture {

/// A folder that is gone with the object, and files made in it.
class Folder {
public:
    std::filesystem::path path() const { return m_folder.path().toStdString(); }

    std::filesystem::path write(const std::filesystem::path& name, std::string_view content) const
    {
        const auto file_path = path() / name;
        std::filesystem::create_directories(file_path.parent_path());
        std::ofstream(file_path, std::ios::binary).write(content.data(), std::streamsize(content.size()));
        return file_path;
    }

    void make_folder(const std::filesystem::path& name) const { std::filesystem::create_directories(path() / name); }

private:
    QTemporaryDir m_folder;
};

/// A safetensors file: the header's length in eight bytes, the header, and so many bytes of data, each 'x'.
inline std::string safetensors(std::string_view header, std::size_t data_bytes = 0)
{
    std::string bytes;
    for (int shift = 0; shift < 64; shift += 8) bytes += char(std::uint64_t(header.size()) >> shift & 0xFF);
    return bytes.append(header).append(data_bytes, 'x');
}

inline std::string read(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Whether a message is one sentence for a person: no line break, no other control character, no words of a library's exception.
inline bool is_one_sentence(const std::string& message)
{
    for (const char letter : message) {
        if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F) return false;
    }
    return !message.empty() && message.size() < 4000 && message.find("exception") == std::string::npos && message.back() != '.' &&
           QString::fromStdString(message).toStdString() == message;
}

}  // namespace headroom::files::fixture

/// The result failed with the code and one sentence that holds the text.
#define COMPARE_REFUSAL(result, expected_code, text)                                   \
    do {                                                                               \
        const auto& refusal = (result);                                                \
        QVERIFY2(!refusal.has_value(), "was accepted");                                \
        const std::string& message = refusal.error().message;                          \
        QCOMPARE(refusal.error().code, expected_code);                                 \
        QVERIFY2(headroom::files::fixture::is_one_sentence(message), message.c_str()); \
        QVERIFY2(message.find(text) != std::string::npos, message.c_str());            \
    } while (false)
