package whorl.collector.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.times.Spans;

/** The options of {@code serve} as given on the command line. */
public record ServeOptions(
    String listen,
    Path data,
    @Nullable Path tokens,
    @Nullable Path tlsCert,
    @Nullable Path tlsKey,
    @Nullable Path clientCa,
    boolean insecure,
    int maxUploads,
    String maxArtifact,
    String storm,
    String silence,
    @Nullable String retain,
    @Nullable String retainSize,
    CustodyOptions.Given custody,
    RecordsOptions records,
    ObjectsOptions objects,
    boolean lake,
    AgentAccess.Given agents,
    PeopleLogin.Given people,
    @Nullable Path notifyFile) {
  private static final Duration SILENCE_MAX = Duration.ofDays(365);
  private static final int MAX_UPLOADS = 10_000;

  /**
   * Parses all options.
   *
   * @throws ConfigException with all problems
   */
  public ServeConfig read() throws ConfigException {
    List<String> problems = new ArrayList<>();
    TlsFiles tls = tls(problems);
    InetSocketAddress address = ListenAddress.parse(listen, problems);
    if (address != null && tls == null && !insecure && !address.getAddress().isLoopbackAddress()) {
      problems.add(
          "--listen "
              + listen
              + ": without TLS only a loopback address is served, since tokens and evidence would"
              + " cross the network in the clear; give --tls-cert and --tls-key (tls init makes"
              + " them), or --insecure where a proxy or a mesh encrypts");
    }
    if (data.toString().isBlank()) {
      problems.add("--data is empty: name a folder");
    }
    if (maxUploads < 1 || maxUploads > MAX_UPLOADS) {
      problems.add("--max-uploads " + maxUploads + ": 1 to " + MAX_UPLOADS);
    }
    long artifactMaxBytes = artifactMaxBytes(problems);
    StormLimit limit = storm(problems);
    Duration silenceLimit = silence(problems);
    Retain retainLimits = Retain.parse(retain, retainSize, problems);
    CustodyOptions custodyOptions = custody.parse(problems);
    RecordsPlace recordsPlace = records.read(data, problems);
    ObjectsPlace objectsPlace = objects.read(data, problems);
    AgentAccess agentAccess = agents.parse(tls != null && tls.clientCa() != null, problems);
    PeopleLogin peopleLogin = people.parse(agentAccess, problems);
    if (!problems.isEmpty() || address == null || limit == null) {
      throw new ConfigException(problems);
    }
    return new ServeConfig(
        address,
        data,
        tokens,
        tls,
        maxUploads,
        artifactMaxBytes,
        limit,
        silenceLimit,
        retainLimits,
        custodyOptions,
        recordsPlace,
        objectsPlace,
        lake,
        agentAccess,
        peopleLogin,
        notifyFile);
  }

  private @Nullable TlsFiles tls(List<String> problems) {
    if (tlsCert != null && tlsKey != null) {
      return new TlsFiles(tlsCert, tlsKey, clientCa);
    }
    if (tlsCert != null || tlsKey != null) {
      problems.add("--tls-cert and --tls-key belong together");
    } else if (clientCa != null) {
      problems.add("--client-ca needs --tls-cert and --tls-key");
    }
    return null;
  }

  private long artifactMaxBytes(List<String> problems) {
    try {
      return ByteSize.parse(maxArtifact);
    } catch (IllegalArgumentException e) {
      problems.add("--max-artifact " + maxArtifact + ": " + e.getMessage());
      return 0;
    }
  }

  private Duration silence(List<String> problems) {
    Duration span = Spans.of(silence);
    if (span != null && span.compareTo(SILENCE_MAX) <= 0) {
      return span;
    }
    problems.add("--silence " + silence + ": a time, such as 90s or 5m; 0s for never");
    return Duration.ZERO;
  }

  private @Nullable StormLimit storm(List<String> problems) {
    try {
      return StormLimit.parse(storm);
    } catch (IllegalArgumentException e) {
      problems.add("--storm " + storm + ": " + e.getMessage());
      return null;
    }
  }
}
