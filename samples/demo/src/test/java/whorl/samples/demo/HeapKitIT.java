package whorl.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.heap.HeapApp;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the proofs of heap snapshots lean on, tried on dumps that HotSpot itself wrote. */
final class HeapKitIT {
  @TempDir Path folder;

  static IntStream versions() {
    return World.firstOf(25, 17, 21);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void plainDumps_ofTheQuietApp_holdTheKnownPopulationAndAllSecretsTwiceTheSame(int version)
      throws IOException {
    Path javaHome = World.javaOrSkip(version);
    try (World world = new World(folder);
        HeapProcess app =
            HeapProcess.jvm(
                world, javaHome, 150, List.of("-Xmx300m", "-XX:+UseSerialGC"), Map.of())) {
      Path one = folder.resolve("one.hprof");
      Path other = folder.resolve("other.hprof");
      app.collectGarbage();
      long collections = app.collections();
      app.plainDump(one);
      app.plainDump(other);

      Instances first = Instances.byShark(one);
      Instances second = Instances.byShark(other);
      HeapProof.assertPopulation(first);
      assertThat(app.collections()).isEqualTo(collections);
      HeapProof.assertSameInstances(second, first, second);
      HeapProof.assertSameInstances(first, first, second);
      HeapProof.assertPopulation(Instances.byNetBeans(one));
      SecretSearch search = new SecretSearch(HeapProof.secretsAndLiteral());
      try (InputStream in = Files.newInputStream(one)) {
        assertThat(search.in(in)).isEqualTo(new HashSet<>(HeapProof.secretsAndLiteral()));
      }
      assertThat(HeapProof.secretsAndLiteral()).hasSize(1001).contains(HeapApp.LITERAL);
    }
  }
}
