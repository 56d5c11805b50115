package whorl.collector.custody.publish;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.proof.SignerKey;
import whorl.collector.store.database.Database;
import whorl.collector.testkit.MemoryObjects;
import whorl.collector.testkit.TestDatabase;
import whorl.evidence.Id;

/** A log in a database and an object store, with two collectors that publish it. */
@ParameterizedClass
@EnumSource
abstract class SharedLogFixture {
  static final Id ONE = new Id("evidence-one");

  @Parameter TestDatabase.Engine engine;
  @TempDir Path folder;
  final MemoryObjects objects = new MemoryObjects();
  final SignerKey key = LogKey.make(new SecureRandom());
  final AtomicLong firstTurn = new AtomicLong(1);
  final AtomicLong secondTurn = new AtomicLong(-1);
  private TestDatabase data;
  Database database;
  CustodyLog log;
  LogPublisher first;
  LogPublisher second;

  @BeforeEach
  void open() throws IOException {
    data = TestDatabase.create(engine, folder);
    database = data.open();
    log =
        CustodyLog.shared(
            database, InstantSource.system(), CustodyAction.ENROLLED, -1, entry -> {});
    first = publisher(firstTurn);
    second = publisher(secondTurn);
  }

  @AfterEach
  void close() throws IOException {
    data.close();
  }

  void append(int entries) throws IOException {
    for (int i = 0; i < entries; i++) {
      log.append(
          CustodyAction.EXPORTED,
          i % 5 == 0 ? ONE : new Id("evidence-two"),
          "token viewer",
          Map.of("n", "" + i));
    }
  }

  LogPublisher publisher(AtomicLong turn) {
    return publisher(log, turn);
  }

  LogPublisher publisher(CustodyLog custody, AtomicLong turn) {
    return new LogPublisher(
        custody,
        new ObjectLog(objects, database, InstantSource.system()),
        key,
        () -> turn.get() < 0 ? OptionalLong.empty() : OptionalLong.of(turn.get()),
        InstantSource.system());
  }
}
