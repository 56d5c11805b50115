package whorl.collector.custody.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.LogTransfer;
import whorl.collector.custody.proof.SignedCheckpoint;
import whorl.collector.store.database.Database;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.testkit.MemoryObjects;
import whorl.collector.testkit.TestDatabase;
import whorl.collector.testkit.UnforcedDisk;
import whorl.evidence.Id;

/** A log that moves keeps its bytes, so it continues its checkpoints. */
@ParameterizedClass
@EnumSource
class LogTransferTest {
  private static final Id ONE = new Id("evidence-one");

  @Parameter TestDatabase.Engine engine;
  @TempDir Path root;
  private final UnforcedDisk disk = new UnforcedDisk();
  private DataFolder folder;
  private TestDatabase data;
  private Database database;

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(engine, Files.createDirectory(root.resolve("records")));
    database = data.open();
    folder = new DataFolder(root.resolve("data"));
    append(1100);
  }

  @AfterEach
  void close() throws IOException {
    data.close();
  }

  @Test
  void log_movesThereAndBack() throws Exception {
    assertThat(LogTransfer.toDatabase(folder, database)).isEqualTo(1101);
    CustodyLog shared = shared();
    assertThat(shared.size()).isEqualTo(1101);
    assertThat(shared.isKept(ONE)).isTrue();
    assertThat(shared.holds().size()).isEqualTo(1);

    ObjectLog published = new ObjectLog(new MemoryObjects(), database, InstantSource.system());
    SignedCheckpoint before = new FolderLog(folder, disk).checkpoint();
    assertThat(published.publish(before, 0, false)).isTrue();
    shared.append(CustodyAction.EXPORTED, ONE, "token viewer", Map.of());
    LogPublisher publisher =
        new LogPublisher(
            shared, published, LogKey.open(folder, disk), Turn.ALWAYS, InstantSource.system());
    publisher.publish();
    assertThat(publisher.checkpoint().size()).isEqualTo(1102);
    assertThat(shared.doubts()).isEmpty();

    byte[] lines = Files.readAllBytes(folder.custodyLog());
    DataFolder back = new DataFolder(root.resolve("back"));
    assertThat(LogTransfer.toFolder(database, back, disk)).isEqualTo(1102);
    assertThat(Files.readAllBytes(back.custodyLog())).startsWith(lines);
    try (CustodyLog log = CustodyLog.open(back, disk, InstantSource.system())) {
      assertThat(log.problems()).isEmpty();
      assertThat(log.size()).isEqualTo(1102);
    }
  }

  @Test
  void interruptedTransfer_goesOn_andAnotherLogIsRefused() throws Exception {
    assertThat(LogTransfer.toDatabase(folder, database)).isEqualTo(1101);
    append(3);
    assertThat(LogTransfer.toDatabase(folder, database)).isEqualTo(1105);
    assertThat(LogTransfer.toDatabase(folder, database)).isEqualTo(1105);

    Files.write(folder.custodyLog(), new byte[] {'x', '\n'}, StandardOpenOption.TRUNCATE_EXISTING);
    assertThatThrownBy(() -> LogTransfer.toDatabase(folder, database))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it is of another log");
  }

  @Test
  void damagedLine_movesAsItIs() throws Exception {
    Files.write(folder.custodyLog(), "damage\n".getBytes(), StandardOpenOption.APPEND);
    assertThat(LogTransfer.toDatabase(folder, database)).isEqualTo(1102);

    DataFolder back = new DataFolder(root.resolve("back"));
    LogTransfer.toFolder(database, back, disk);
    assertThat(back.custodyLog()).hasSameBinaryContentAs(folder.custodyLog());
  }

  private CustodyLog shared() throws IOException {
    return CustodyLog.shared(
        database, InstantSource.system(), CustodyAction.ENROLLED, -1, entry -> {});
  }

  private void append(int entries) throws IOException {
    Files.createDirectories(folder.root());
    try (CustodyLog log = CustodyLog.open(folder, disk, InstantSource.system())) {
      LogPublisher publisher =
          new LogPublisher(
              log,
              new FolderLog(folder, disk),
              LogKey.open(folder, disk),
              Turn.ALWAYS,
              InstantSource.system());
      log.append(CustodyAction.HELD, ONE, "token responder", Map.of("reason", "why"));
      for (int i = 1; i < entries; i++) {
        log.append(CustodyAction.EXPORTED, ONE, "token viewer", Map.of("n", "" + i));
      }
      log.append(CustodyAction.SEALED, ONE, "collector", Map.of("record", "ab"));
      publisher.close();
    }
  }
}
