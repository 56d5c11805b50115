package whorl.collector.lake;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.opentest4j.TestAbortedException;
import whorl.collector.store.database.Database;
import whorl.collector.store.database.PostgresDatabase;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.s3.MotoServer;
import whorl.collector.store.objects.s3.S3Buckets;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.collector.testkit.TestPostgres;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * A program that serves a lake to other engines: its files in a bucket, its catalog in PostgreSQL.
 * It prints one line of JSON with the addresses and with the answers that DuckDB gives, and runs
 * until its standard input ends. Its argument is an empty folder. It prints {@code {"missing":
 * "why"}} where such servers do not start.
 *
 * <p>The lake has evidence of three services, sealed on three days, and some that was purged.
 */
final class LakeServers {
  private static final String BUCKET = "evidence";
  private static final String PREFIX = "whorl";

  private LakeServers() {}

  public static void main(String[] arguments) throws Exception {
    try {
      serve(Path.of(arguments[0]));
    } catch (TestAbortedException missing) {
      print(Map.of("missing", String.valueOf(missing.getMessage())));
    }
  }

  private static void serve(Path root) throws Exception {
    String location = "s3://" + BUCKET + "/" + PREFIX;
    try (TestPostgres postgres = TestPostgres.create();
        MotoServer server = MotoServer.startOrSkip(root);
        ObjectStore bucket = server.open(BUCKET, PREFIX);
        Database database = PostgresDatabase.open(postgres.address())) {
      LakeSettings settings =
          LakeSettings.postgres(
              location, postgres.address().url(), postgres.address().user(), null);
      TestCollector.World world = new TestCollector.World();
      try (LakeRig lake = new LakeRig(root, world, database, bucket, settings)) {
        long rows = filled(lake, world);
        try (Connection connection = postgres.connection();
            Statement sql = connection.createStatement()) {
          // as docs/lake.md says
          sql.execute("CREATE ROLE reader LOGIN PASSWORD 'reads'");
          sql.execute("GRANT SELECT ON iceberg_tables, iceberg_namespace_properties TO reader");
        }
        Map<String, Object> served = new LinkedHashMap<>();
        served.put("root", settings.root());
        served.put("catalog", settings.catalogUrl());
        served.put("user", "reader");
        served.put("password", "reads");
        served.put("endpoint", server.endpoint());
        served.put("accessKey", S3Buckets.ACCESS_KEY);
        served.put("secretKey", S3Buckets.SECRET_KEY);
        List<Path> files = lake.files();
        served.put("files", files.size());
        served.put("answers", LakeAnswers.of(files, rows));
        served.put("filters", LakeAnswers.filtered(files, conditions(world.now.get())));
        print(served);
        while (System.in.read() >= 0) {
          // until the caller closes it, or ends
        }
      }
    }
  }

  /** The rows that are in the lake at the end. */
  private static long filled(LakeRig lake, TestCollector.World world) throws Exception {
    Instant now = world.now.get();
    LakeRig.Collector collector = lake.collector("one");
    List<FakeAgent> agents = Fleet.agents();
    long rows = 0;
    for (int i = 0; i < agents.size(); i++) {
      // three of them are today's: the questions are about the last day too
      world.now.set(now.minus(Duration.ofDays(i < 3 ? 0 : i == 3 ? 1 : 2)));
      Id evidence = lake.evidence(agents.get(i));
      rows += lake.rig.index.status(evidence).rows();
      collector.ledger().want(evidence);
      collector.work().batch(collector.table());
    }
    Id purged = lake.evidence("shop", 100);
    collector.ledger().want(purged);
    collector.work().batch(collector.table());
    lake.rig.collector.store.remove(purged);
    collector.ledger().unwant(purged);
    collector.work().batch(collector.table());
    world.now.set(now);
    collector.work().clean(collector.table(), Duration.ZERO);
    return rows;
  }

  /** Conditions on the columns of the partitions, as Spark, Trino and DuckDB all read them. */
  private static List<String> conditions(Instant now) {
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    return List.of(
        "service = 'pay'",
        "sealed_at >= TIMESTAMP '" + today.minusDays(1) + " 00:00:00'",
        "service = 'shop' AND sealed_at < TIMESTAMP '" + today + " 00:00:00'",
        "sealed_at < TIMESTAMP '" + today.minusDays(30) + " 00:00:00'");
  }

  private static void print(Map<String, Object> served) {
    System.out.println(Json.text(served));
    System.out.flush();
  }
}
