package whorl.collector.lake;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.jdbc.JdbcCatalog;
import whorl.collector.store.database.Database;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.TestCollector;
import whorl.collector.timeline.Timeline;
import whorl.collector.timeline.index.IndexRig;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Json;

/** A collector that indexes, and its lake in a folder, whose steps run when a test says so. */
final class LakeRig implements AutoCloseable {
  final IndexRig rig;
  final Database database;
  final FolderObjectStore objects;
  private final ObjectStore store;
  final Path root;
  final LakeSettings settings;
  private final List<LakeCatalog> catalogs = new ArrayList<>();

  LakeRig(Path root) throws IOException {
    this(root, root);
  }

  /**
   * @param of the lake, which may stay when the collector's folder is gone
   */
  LakeRig(Path root, Path of) throws IOException {
    this.root = of.toRealPath();
    rig = new IndexRig(root.resolve("data"));
    rig.index.start();
    database = rig.collector.database;
    objects = new FolderObjectStore(this.root.resolve("objects"));
    store = objects;
    settings =
        LakeSettings.sqlite(
            LakeSettings.location(this.root.resolve("objects")), this.root.resolve("lake.db"));
  }

  /** A lake with its ledger in this database, and with these settings. */
  LakeRig(Path root, Database database, LakeSettings settings) throws IOException {
    this.root = root.toRealPath();
    rig = new IndexRig(root.resolve("data"));
    rig.index.start();
    this.database = database;
    objects = new FolderObjectStore(this.root.resolve("objects"));
    store = objects;
    this.settings = settings;
  }

  /** The collector has the clock and the limits of this world. */
  LakeRig(Path root, TestCollector.World world) throws IOException {
    this.root = root.toRealPath();
    rig = new IndexRig(root.resolve("data"), world);
    rig.index.start();
    database = rig.collector.database;
    objects = new FolderObjectStore(this.root.resolve("objects"));
    store = objects;
    settings =
        LakeSettings.sqlite(
            LakeSettings.location(this.root.resolve("objects")), this.root.resolve("lake.db"));
  }

  /** A lake with its ledger in this database, its files in this store, and a clock of its own. */
  LakeRig(
      Path root,
      TestCollector.World world,
      Database database,
      ObjectStore store,
      LakeSettings settings)
      throws IOException {
    this.root = root.toRealPath();
    rig = new IndexRig(root.resolve("data"), world);
    rig.index.start();
    this.database = database;
    objects = new FolderObjectStore(this.root.resolve("unused"));
    this.store = store;
    this.settings = settings;
  }

  /** A lake with its files in this store. */
  LakeRig(Path root, ObjectStore store, String location) throws IOException {
    this.root = root.toRealPath();
    rig = new IndexRig(root.resolve("data"));
    rig.index.start();
    database = rig.collector.database;
    objects = new FolderObjectStore(this.root.resolve("unused"));
    this.store = store;
    settings = LakeSettings.sqlite(location, this.root.resolve("lake.db"));
  }

  /** One of several collectors. */
  record Collector(LakeLedger ledger, LakeWork work, LakeTable table) {}

  Collector collector(String name) throws IOException {
    return collector(name, database, store);
  }

  /** One of several collectors, as it sees the records and the objects. */
  Collector collector(String name, Database database, ObjectStore store) throws IOException {
    ObjectFileIO io = new ObjectFileIO(store, settings.root());
    LakeCatalog catalog = LakeCatalog.open(settings, io);
    catalogs.add(catalog);
    LakeLedger ledger = new LakeLedger(database, name);
    Path folder = Files.createDirectories(root.resolve("work-" + name));
    EvidenceStore evidence = rig.collector.store;
    Timeline timeline = rig.timeline;
    return new Collector(
        ledger,
        new LakeWork(ledger, evidence, store, io, timeline, folder, Instant::now),
        catalog.table());
  }

  /** Evidence with this many events just now, and files that changed years ago. */
  Id evidence(String service, int events) {
    FakeAgent agent = new FakeAgent();
    agent.service = service;
    StringBuilder lines = new StringBuilder();
    Instant begin = Instant.now().minusSeconds(600);
    for (int i = 0; i < events; i++) {
      lines
          .append(
              Json.text(
                  new EventLine(
                      i,
                      begin.plusMillis(i),
                      "whorl.FileOpen",
                      Map.of("path", "/srv/" + i, "access", "read", "created", false),
                      "http-" + i % 4,
                      List.of("shop.Shop.open(Shop.java:" + i % 9 + ")"))))
          .append('\n');
    }
    agent.with("events.ndjson", lines.toString());
    agent.with(
        "files.body",
        "0|/etc/passwd|7|r/rrw-r--r--|0|0|42|1500000000|1300000000|1500000000|0\n"
            + "0|/tmp/later|8|r/rrw-r--r--|0|0|42|4000000000|4000000000|4000000000|0\n");
    return evidence(agent);
  }

  /** Evidence of this agent, indexed. */
  Id evidence(FakeAgent agent) {
    Id evidence = rig.received(agent);
    rig.indexed(evidence);
    return evidence;
  }

  /** Makes all jobs due that wait or are held. */
  void makeDue() throws IOException {
    database.update("UPDATE lake SET due_at = 0, holder = NULL");
  }

  Table table() {
    JdbcCatalog catalog =
        new JdbcCatalog(
            p -> new ObjectFileIO(store, settings.root()),
            p -> new CatalogConnections(settings),
            false);
    catalog.initialize(LakeSettings.CATALOG, settings.iceberg());
    Table table = catalog.loadTable(LakeCatalog.TABLE);
    return table;
  }

  /** The table's data files, as paths. */
  List<Path> files() throws IOException {
    return files(Expressions.alwaysTrue());
  }

  List<Path> files(Expression filter) throws IOException {
    List<Path> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table().newScan().filter(filter).planFiles()) {
      for (FileScanTask task : tasks) {
        files.add(local(task.file().location()));
      }
    }
    return files;
  }

  /** The file, or a copy of the object. */
  private Path local(String location) throws IOException {
    if (location.startsWith("file://")) {
      return Path.of(location.substring("file://".length()));
    }
    String key = new ObjectFileIO(store, settings.root()).key(location);
    Path copy = root.resolve("copies").resolve(key.replace('/', '-'));
    Files.createDirectories(copy.getParent());
    try (InputStream in = store.read(key, 0)) {
      Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
    }
    return copy;
  }

  /** The rows of each evidence, as DuckDB reads them from the table's files. */
  Map<String, Long> rows() throws IOException, SQLException {
    List<Path> files = files();
    Map<String, Long> rows = new LinkedHashMap<>();
    if (files.isEmpty()) {
      return rows;
    }
    String list = files.stream().map(LakeFiles::text).collect(Collectors.joining(", ", "[", "]"));
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement sql = duck.createStatement();
        ResultSet result =
            sql.executeQuery(
                "SELECT evidence, count(*) FROM read_parquet("
                    + list
                    + ") GROUP BY evidence ORDER BY evidence")) {
      while (result.next()) {
        rows.put(result.getString(1), result.getLong(2));
      }
    }
    return rows;
  }

  /** All data files in the store, whether or not the table has them. */
  List<Path> stored() throws IOException {
    Path data = root.resolve("objects/lake/timeline/data");
    if (!Files.exists(data)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(data)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  @Override
  public void close() throws IOException {
    catalogs.forEach(LakeCatalog::close);
    rig.close();
  }
}
