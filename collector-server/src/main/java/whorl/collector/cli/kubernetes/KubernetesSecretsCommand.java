package whorl.collector.cli.kubernetes;

import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.client.TlsFiles;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.tls.NewCertificates;
import whorl.collector.custody.publish.LogKey;
import whorl.collector.http.auth.Tokens;

@Command(
    name = "kubernetes-secrets",
    header = "Make the Secrets of a collector, in a pod of the cluster.",
    description = {
      "",
      "The chart's Job calls it. It makes the Secrets that are named and not there yet, and changes"
          + " none: the pod's service account needs to be allowed to create Secrets (and"
          + " ConfigMaps) and nothing else. Nothing secret is printed.",
    },
    footer = {
      "%nExample:",
      "  whorl kubernetes-secrets --tokens=whorl-collector-tokens --tls=whorl-collector-tls"
          + " --host=whorl-collector.whorl.svc",
    })
public final class KubernetesSecretsCommand implements Callable<Integer> {
  private static final String OPAQUE = "Opaque";

  /** The authority's key is not kept, so the certificate cannot be renewed: it lasts as long. */
  private static final Duration LIFETIME = Duration.ofDays(3640);

  private final CommandContext commandContext;

  @Option(
      names = "--tokens",
      paramLabel = "NAME",
      description = "The Secret for the tokens, key tokens.")
  private @Nullable String tokens;

  @Option(
      names = "--custody-key",
      paramLabel = "NAME",
      description = "The Secret for the key that signs custody, key log.key.")
  private @Nullable String custodyKey;

  @Option(
      names = "--tls",
      paramLabel = "NAME",
      description =
          "The Secret for a new certificate and its authority, of type"
              + " kubernetes.io/tls; needs --host.")
  private @Nullable String tls;

  @Option(
      names = "--ca-config-map",
      paramLabel = "NAME",
      description =
          "A ConfigMap for the authority of that certificate, key ca.crt; needs --tls. It is made"
              + " only together with the Secret, which cannot be read.")
  private @Nullable String caConfigMap;

  @Option(
      names = "--host",
      paramLabel = "H",
      description = "A name or address of the collector, for the certificate; may be repeated.")
  private List<String> hosts = List.of();

  @Option(
      names = "--service-account",
      paramLabel = "DIR",
      defaultValue = "/var/run/secrets/kubernetes.io/serviceaccount",
      description = "Where the pod's account is mounted (${DEFAULT-VALUE}).")
  private Path account = Path.of("/");

  public KubernetesSecretsCommand(CommandContext commandContext) {
    this.commandContext = commandContext;
  }

  @Override
  public Integer call() {
    if (caConfigMap != null && tls == null) {
      throw CliException.usage("--ca-config-map needs --tls", null);
    }
    if (tls != null && hosts.isEmpty()) {
      throw CliException.usage("--tls needs --host", "give a name by which agents connect");
    }
    try {
      ClusterSecrets cluster =
          new ClusterSecrets(
              api(), account, TlsFiles.context(account.resolve("ca.crt"), null, null));
      Path folder = Files.createTempDirectory("whorl-secrets");
      try {
        makeAll(cluster, folder);
      } finally {
        delete(folder);
      }
      return ExitStatus.DONE;
    } catch (NoSuchFileException e) {
      throw CliException.failed(
          "no " + e.getFile(), "run this in a pod whose service account token is mounted");
    } catch (IOException | GeneralSecurityException e) {
      throw CliException.failed(Problems.text(e), null);
    }
  }

  private void makeAll(ClusterSecrets cluster, Path folder)
      throws IOException, GeneralSecurityException {
    if (custodyKey != null) {
      LogKey.create(folder.resolve("log.key"));
      make(cluster, custodyKey, OPAQUE, folder, Map.of("log.key", "log.key"));
    }
    if (tokens != null) {
      Tokens.make(folder.resolve("tokens"), new SecureRandom());
      make(cluster, tokens, OPAQUE, folder, Map.of("tokens", "tokens"));
    }
    if (tls != null) {
      NewCertificates.write(folder, commandContext.clock().instant(), hosts, LIFETIME);
      boolean made =
          make(
              cluster,
              tls,
              "kubernetes.io/tls",
              folder,
              Map.of("tls.crt", "server.pem", "tls.key", "server-key.pem", "ca.crt", "ca.pem"));
      if (caConfigMap != null && made) {
        makeConfigMap(cluster, caConfigMap, Files.readString(folder.resolve("ca.pem")));
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private void makeConfigMap(ClusterSecrets cluster, String name, String authority)
      throws IOException {
    boolean made = cluster.createConfigMap(name, Map.of("ca.crt", authority));
    commandContext
        .terminal()
        .line(
            made
                ? "made ConfigMap " + name + " in " + cluster.namespace()
                : "kept ConfigMap "
                    + name
                    + ", which has another authority: delete it, and make it of the Secret's"
                    + " ca.crt");
  }

  /** Makes a Secret of files; false if it is there. */
  private boolean make(
      ClusterSecrets cluster, String name, String type, Path folder, Map<String, String> files)
      throws IOException {
    Map<String, byte[]> content = new LinkedHashMap<>();
    for (Map.Entry<String, String> file : files.entrySet()) {
      content.put(file.getKey(), Files.readAllBytes(folder.resolve(file.getValue())));
    }
    boolean made = cluster.create(name, type, content);
    commandContext
        .terminal()
        .line(
            (made ? "made Secret " : "kept Secret ")
                + name
                + " in "
                + cluster.namespace()
                + (made ? "" : ", which is there already"));
    return made;
  }

  private URI api() {
    String host = commandContext.environment().get("KUBERNETES_SERVICE_HOST");
    String port = commandContext.environment().get("KUBERNETES_SERVICE_PORT");
    if (host == null || port == null) {
      throw CliException.failed(
          "this is no pod of a cluster: KUBERNETES_SERVICE_HOST is not set",
          "outside, make the files with whorl tokens, whorl custody-key and whorl tls init");
    }
    return URI.create("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
  }
}
