#pragma once

#include <functional>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

namespace headroom::media::test {

/// Runs `work` in a forked child and gives what it returns; for what must not happen to the test itself (limits, mounts).
inline std::string in_child(const std::function<std::string()>& work)
{
    int ends[2];
    if (::pipe(ends) != 0) return "no pipe";
    const pid_t child = ::fork();
    if (child == 0) {
        const std::string answer = work();
        const ssize_t written = ::write(ends[1], answer.data(), answer.size());
        ::_exit(written == ssize_t(answer.size()) ? 0 : 1);
    }
    ::close(ends[1]);
    std::string answer;
    char buffer[1024];
    for (ssize_t count; (count = ::read(ends[0], buffer, sizeof buffer)) > 0;) answer.append(buffer, std::size_t(count));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? answer : "the child died";
}

}  // namespace headroom::media::test
