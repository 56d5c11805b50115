package whorl.agent.hook.versions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.aether.resolution.DependencyResolutionException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Servers of the version lines answer as they do without the agent, and their requests are events,
 * or the evidence says that they are not; which lines, see {@link VersionMatrixIT}.
 */
class ServersIT {
  private static final Set<String> SERVERS =
      Set.of(
          "vertx-core",
          "tomcat-embed-core",
          "jetty-server",
          "undertow-core",
          "reactor-netty",
          "reactor-netty-http");

  private static final MavenRepository REPOSITORY = new MavenRepository();

  @TempDir Path folder;

  static Stream<Coordinates> servers() throws IOException {
    return VersionMatrixIT.versions().filter(one -> SERVERS.contains(one.artifactId()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("servers")
  void server_answers_andItsRequestsAreEventsOrThatIsSaid(Coordinates server) throws Exception {
    Path java = Path.of(System.getProperty("whorl.versions.java", System.getProperty("java.home")));
    ServerRun run = ServerRun.of(server, libraries(server), java, folder);

    assertThat(run.output())
        .contains("status 200 hello")
        .doesNotContain("Error", "Exception", "status 5");
    assertThat(run.requests() >= 1 || run.said())
        .as(run.requests() + " requests; said: " + run.said() + "\n" + run.output())
        .isTrue();
  }

  /** A mirror may not have all that a version needs; the jar itself is woven all the same. */
  private static List<Path> libraries(Coordinates server) {
    try {
      return REPOSITORY.withDependencies(server);
    } catch (DependencyResolutionException notThere) {
      return Assumptions.abort("the repository lacks a part of it: " + notThere.getMessage());
    }
  }
}
