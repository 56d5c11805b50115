package whorl.collector.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The server's settings.
 *
 * @param listen resolved; port 0 takes a free one
 * @param dataFolder where all that is kept lies; one server at a time
 * @param tokensFile null for the data folder's own, made at the first start
 * @param tls null for plain HTTP
 * @param maxUploads pieces of evidence in upload at once; further ones wait at their agents
 * @param artifactMaxBytes longer artifacts are refused
 * @param silence how long an agent may be away without a goodbye; zero for as long as it likes
 * @param retain how long evidence is kept
 */
public record ServeConfig(
    InetSocketAddress listen,
    Path dataFolder,
    @Nullable Path tokensFile,
    @Nullable TlsFiles tls,
    int maxUploads,
    long artifactMaxBytes,
    StormLimit storm,
    Duration silence,
    Retain retain) {}
