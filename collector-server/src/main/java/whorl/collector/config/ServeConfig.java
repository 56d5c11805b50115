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
 * @param custody how the custody log is signed, and where its checkpoints are put out
 * @param records where the records are
 * @param objects where evidence is
 * @param lake true if all timelines are also appended to one table
 * @param agents how agents may prove who they are
 * @param people how people log in; null if they have tokens of the tokens file only
 * @param notifyFile names whom to notify of what; null for nobody
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
    CustodyOptions custody,
    RecordsPlace records,
    ObjectsPlace objects,
    boolean lake,
    AgentAccess agents,
    @Nullable PeopleLogin people,
    @Nullable Path notifyFile) {
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
        CustodyOptions.DEFAULT,
        new RecordsPlace.Folder(dataFolder),
        new ObjectsPlace.Data(),
        false,
        AgentAccess.TOKENS,
        null,
        null);
  }
}
