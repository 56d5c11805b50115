package whorl.collector.store.objects.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.config.S3Location;
import whorl.collector.store.database.Database;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.StoredArtifact;
import whorl.collector.store.objects.cache.ObjectCache;
import whorl.collector.store.objects.shared.SharedStore;
import whorl.collector.testkit.Records;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;

/** What one piece of evidence costs in requests and statements. */
class EvidenceCostTest {
  private static final int ARTIFACTS = 60;
  private static final int BYTES = (13 << 20) / ARTIFACTS;

  @TempDir Path folder;

  @Test
  void sixtyArtifacts_costOneRequestEach_andOneForTheRecord() throws Exception {
    S3Buckets.useTestCredentials();
    AtomicInteger statements = new AtomicInteger();
    try (FakeS3 server = new FakeS3();
        TestDatabase databases = TestDatabase.create(TestDatabase.Engine.SQLITE, folder);
        S3Objects objects = objects(server);
        ObjectCache cache =
            ObjectCache.open(
                folder.resolve("cache"), new ObjectCache.Limits(64 << 20, 0), () -> 1L << 40);
        SharedStore store =
            SharedStore.open(objects, counting(databases.open(), statements), cache)) {
      Map<Digest, Path> files = new LinkedHashMap<>();
      EvidenceRecord record = evidence(files);

      store.keep(files);
      Digest sha256 = store.commit(record);
      store.settled(files.keySet());
      store.markInCustody(record.id(), sha256);

      assertThat(objects.requests()).isEqualTo(Map.of("PutObject", ARTIFACTS + 1L));
      assertThat(statements).hasValue(8);

      store.keepPresent(files.keySet());
      store.settled(files.keySet());
      assertThat(new TreeMap<>(objects.requests()))
          .isEqualTo(Map.of("HeadObject", (long) ARTIFACTS, "PutObject", ARTIFACTS + 1L));

      store.content(record.artifacts().get(0).sha256()).close();
      store.content(record.artifacts().get(0).sha256()).close();
      store.read(record.artifacts().get(1).sha256(), 0).close();
      assertThat(objects.requests())
          .containsEntry("GetObject", 2L)
          .containsEntry("HeadObject", ARTIFACTS + 1L);
    }
  }

  private EvidenceRecord evidence(Map<Digest, Path> files) throws IOException {
    List<StoredArtifact> artifacts = new ArrayList<>();
    Random random = new Random(7);
    for (int i = 0; i < ARTIFACTS; i++) {
      byte[] content = new byte[BYTES];
      random.nextBytes(content);
      Digest sha256 = Digest.of(content);
      files.put(sha256, Files.write(folder.resolve("artifact-" + i), content));
      artifacts.add(
          StoredArtifact.arrived(
              new ArtifactName("artifact-" + i + ".bin"), BYTES, sha256, "text/plain"));
    }
    return Records.of(Instant.now(), "a.txt", 7).with(artifacts);
  }

  private static S3Objects objects(FakeS3 server) throws IOException {
    S3Location location = S3Location.parse("s3://bucket/whorl?endpoint=" + server.endpoint());
    return S3Objects.known(
        S3Connection.open(location, S3Limits.DEFAULT),
        new S3Findings(true, false, false, List.of()));
  }

  /** Counts queries and updates. */
  private static Database counting(Database database, AtomicInteger statements) {
    return (Database)
        Proxy.newProxyInstance(
            Database.class.getClassLoader(),
            new Class<?>[] {Database.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("query") || method.getName().equals("update")) {
                statements.incrementAndGet();
              }
              try {
                return method.invoke(database, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
