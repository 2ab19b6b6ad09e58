#include "core/runtime/package_index.h"

#include <memory>

#include <curl/curl.h>
#include <nlohmann/json.hpp>

#include "core/files/json_file.h"

namespace headroom::runtime {

namespace {

using Url = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::optional<std::string> whole_url(const Url& url)
{
    char* text = nullptr;
    if (curl_url_get(url.get(), CURLUPART_URL, &text, 0) != CURLUE_OK) return std::nullopt;
    std::string whole = text;
    curl_free(text);
    return whole;
}

std::optional<std::string> resolved(std::string_view base, std::string_view reference)
{
    const Url url(curl_url(), &curl_url_cleanup);
    if (!url || curl_url_set(url.get(), CURLUPART_URL, std::string(base).c_str(), 0) != CURLUE_OK) return std::nullopt;
    if (curl_url_set(url.get(), CURLUPART_URL, std::string(reference).c_str(), 0) != CURLUE_OK) return std::nullopt;
    curl_url_set(url.get(), CURLUPART_FRAGMENT, nullptr, 0);
    return whole_url(url);
}

std::string decoded(std::string_view text)
{
    std::string plain;
    while (!text.empty()) {
        if (text.starts_with("&amp;")) {
            plain += '&';
            text.remove_prefix(5);
        } else {
            plain += text.front();
            text.remove_prefix(1);
        }
    }
    return plain;
}

/// The address of the anchor whose text is the file's name.
std::optional<std::string> find_anchor(std::string_view page, std::string_view file_name)
{
    std::size_t at = 0;
    while ((at = page.find("<a ", at)) != std::string_view::npos) {
        const std::size_t end = page.find('>', at);
        const std::size_t closing = page.find('<', end);
        if (end == std::string_view::npos || closing == std::string_view::npos) break;
        const std::string_view tag = page.substr(at, end - at);
        std::string_view text = page.substr(end + 1, closing - end - 1);
        while (!text.empty() && text.front() <= ' ') text.remove_prefix(1);
        while (!text.empty() && text.back() <= ' ') text.remove_suffix(1);
        at = closing;
        const std::size_t href = tag.find("href=");
        if (text != file_name || href == std::string_view::npos || href + 6 > tag.size()) continue;
        const char quote = tag[href + 5];
        const std::size_t stop = tag.find(quote, href + 6);
        if ((quote == '"' || quote == '\'') && stop != std::string_view::npos)
            return decoded(tag.substr(href + 6, stop - href - 6));
    }
    return std::nullopt;
}

Result<std::optional<std::string>> find_entry(std::string_view page, std::string_view page_url, std::string_view file_name)
{
    const nlohmann::json json = TRY(files::parse_json(page, shown_url(page_url), {}, ErrorCode::BadInput));
    const auto listed = json.is_object() ? json.find("files") : json.end();
    if (listed == json.end() || !listed->is_array())
        return fail(ErrorCode::BadInput, "{} is no page of a package index", shown_url(page_url));
    for (const nlohmann::json& entry : *listed) {
        if (!entry.is_object()) continue;
        const auto name = entry.find("filename");
        const auto url = entry.find("url");
        if (name != entry.end() && name->is_string() && name->get_ref<const std::string&>() == file_name && url != entry.end() &&
            url->is_string()) {
            return url->get<std::string>();
        }
    }
    return std::nullopt;
}

}  // namespace

std::string project_page_url(std::string_view index_url, std::string_view project)
{
    std::string url(index_url);
    if (!url.ends_with('/')) url += '/';
    return url.append(project) + "/";
}

Result<std::optional<std::string>> find_file_url(std::string_view page, std::string_view content_type, std::string_view page_url,
                                                 std::string_view file_name)
{
    std::optional<std::string> reference;
    if (content_type.find("json") != std::string_view::npos) {
        reference = TRY(find_entry(page, page_url, file_name));
    } else {
        reference = find_anchor(page, file_name);
    }
    return reference ? resolved(page_url, *reference) : std::nullopt;
}

std::string shown_url(std::string_view url)
{
    const Url parsed(curl_url(), &curl_url_cleanup);
    if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, std::string(url).c_str(), 0) != CURLUE_OK)
        return "the address given";
    curl_url_set(parsed.get(), CURLUPART_USER, nullptr, 0);
    curl_url_set(parsed.get(), CURLUPART_PASSWORD, nullptr, 0);
    return whole_url(parsed).value_or("the address given");
}

}  // namespace headroom::runtime
