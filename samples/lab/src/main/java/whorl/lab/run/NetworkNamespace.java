package whorl.lab.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A network with nothing but loopback, and empty folders for temporary files, made by {@code
 * unshare} and gone with their last process.
 */
public final class NetworkNamespace {
  private static final long CHECK_SECONDS = 10;

  /** Members of clusters look for each other by multicast. */
  private static final String LOOPBACK =
      "ip link set lo up multicast on && ip route add 224.0.0.0/4 dev lo";

  /** Empty for each case: what the JVM of another case left there would be found by the agent. */
  private static final List<String> PRIVATE_FOLDERS = List.of("/tmp", "/var/tmp", "/dev/shm");

  private NetworkNamespace() {}

  /**
   * The command inside a namespace of its own whose loopback device has these addresses as well.
   */
  static List<String> wrap(List<String> addresses, List<String> command) {
    StringBuilder script = new StringBuilder(LOOPBACK);
    PRIVATE_FOLDERS.forEach(
        folder -> script.append(" && mount -t tmpfs -o mode=1777 lab ").append(folder));
    for (String address : addresses) {
      script.append(" && ip addr add ").append(address).append("/32 dev lo");
    }
    script.append(" && exec \"$@\"");
    List<String> wrapped =
        new ArrayList<>(
            List.of("unshare", "--net", "--mount", "--", "sh", "-c", script.toString(), "lab"));
    wrapped.addAll(command);
    return wrapped;
  }

  /**
   * Checks that a namespace can be made.
   *
   * @throws IOException with the remedy when it cannot
   */
  public static void check(Path root) throws IOException, InterruptedException {
    if (PRIVATE_FOLDERS.stream().anyMatch(root.toAbsolutePath()::startsWith)) {
      throw new IOException(
          root
              + " is in a folder that each case has for itself; move it out of "
              + PRIVATE_FOLDERS);
    }
    Process process;
    try {
      process =
          new ProcessBuilder(wrap(List.of("192.0.2.1"), List.of("true")))
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      throw new IOException("unshare is missing; install util-linux and iproute2", e);
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(CHECK_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(
          "each case needs a network namespace of its own, and none can be made ("
              + output.strip()
              + "); run as root, or give the process CAP_SYS_ADMIN and CAP_NET_ADMIN (in podman:"
              + " --privileged), and install iproute2");
    }
  }
}
