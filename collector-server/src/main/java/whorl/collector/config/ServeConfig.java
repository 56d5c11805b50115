package whorl.collector.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The server's settings.
 *
 * @param listen resolved address; port 0 selects a free port
 * @param dataFolder the folder of all data; used by one server at a time
 * @param tokensFile null for the one in the data folder, created at the first start
 * @param tls null for plain HTTP
 * @param maxUploads limit for concurrent uploads of evidence; further ones wait in their agents
 * @param artifactMaxBytes size limit of an artifact; larger ones are refused
 * @param silence how long an agent may be disconnected without a goodbye; zero for no limit
 * @param retain how long evidence is kept
 * @param records where the records are
 * @param objects where evidence is
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
    Retain retain,
    RecordsPlace records,
    ObjectsPlace objects) {
  /** The settings of a collector that keeps everything in its data folder. */
  public ServeConfig(
      InetSocketAddress listen,
      Path dataFolder,
      @Nullable Path tokensFile,
      @Nullable TlsFiles tls,
      int maxUploads,
      long artifactMaxBytes,
      StormLimit storm,
      Duration silence,
      Retain retain) {
    this(
        listen,
        dataFolder,
        tokensFile,
        tls,
        maxUploads,
        artifactMaxBytes,
        storm,
        silence,
        retain,
        new RecordsPlace.Folder(dataFolder),
        new ObjectsPlace.Data());
  }
}
