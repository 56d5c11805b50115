package whorl.samples.demo;

import java.nio.file.Path;
import java.util.List;

/**
 * A pod that {@code podman kube play} runs, until it is closed. A cluster gives each pod volumes of
 * its own. Podman has one of each name on the whole machine and keeps those of Secrets and
 * ConfigMaps, so that a pod would find the files of an earlier one, of another user.
 *
 * @param manifest what podman plays
 * @param volumes the names of its volumes, where they come from an {@code emptyDir}, and of its
 *     Secrets and ConfigMaps that are mounted
 */
record PlayedPod(Engine engine, Path manifest, List<String> volumes) implements AutoCloseable {
  /**
   * Runs it with empty volumes. Of one that fails nothing is left.
   *
   * @throws IllegalStateException when podman cannot
   */
  static PlayedPod play(Engine engine, Path manifest, List<String> volumes) {
    PlayedPod pod = new PlayedPod(engine, manifest, List.copyOf(volumes));
    pod.close();
    try {
      engine.run("kube", "play", manifest.toString());
    } catch (RuntimeException failed) {
      pod.close();
      throw failed;
    }
    return pod;
  }

  /** Ends it, and takes it and its volumes away. */
  @Override
  public void close() {
    engine.run("kube", "down", "--force", manifest.toString());
    for (String volume : volumes) {
      engine.run("volume", "rm", "--force", volume);
    }
  }
}
