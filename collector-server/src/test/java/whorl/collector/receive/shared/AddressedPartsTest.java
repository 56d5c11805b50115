package whorl.collector.receive.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.store.database.SqliteDatabase;
import whorl.collector.store.objects.folder.FolderObjects;
import whorl.collector.testkit.Answer;
import whorl.collector.testkit.DelegatingDatabase;
import whorl.collector.testkit.FakeAgent;
import whorl.collector.testkit.UnforcedDisk;
import whorl.evidence.Digest;

/** Artifacts that come in one chunk, whose digest is announced: they need no copy. */
class AddressedPartsTest {
  private static final int MEBI = 1 << 20;
  private static final String NAME = "recording.jfr";

  @TempDir Path root;
  private final Random random = new Random(5);
  private SqliteDatabase database;
  private SharedWorld world;
  private SharedWorld.Collector collector;

  @BeforeEach
  void open() throws Exception {
    database = SqliteDatabase.open(root.resolve("catalog.db"));
    world =
        new SharedWorld(
            root,
            () -> new DelegatingDatabase(database),
            FolderObjects.open(root.resolve("objects"), new UnforcedDisk()),
            true,
            2 * MEBI,
            Duration.ofSeconds(3));
    collector = world.open();
  }

  @AfterEach
  void close() throws Exception {
    collector.close();
    world.close();
    database.close();
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private String create(byte[] content) {
    FakeAgent agent = new FakeAgent().with(NAME, content).seal();
    Answer created = agent.create(collector.client, NAME, content.length);
    assertThat(created.status()).as(created.text()).isEqualTo(201);
    collector.faults.reset();
    return created.header("Location");
  }

  private Answer patch(String location, byte[] content, int sent, Digest announced)
      throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Tus-Resumable", "1.0.0");
    headers.put("Content-Type", "application/offset+octet-stream");
    headers.put("Upload-Offset", "0");
    headers.put(
        "Repr-Digest", "sha-256=:" + Base64.getEncoder().encodeToString(announced.bytes()) + ":");
    InputStream body = new ByteArrayInputStream(content, 0, sent);
    if (sent < content.length) {
      body = new SequenceInputStream(body, new BrokenBody());
    }
    return collector.client.call("PATCH", location, headers, body, content.length);
  }

  /** The connection ends. */
  private static final class BrokenBody extends InputStream {
    @Override
    public int read() throws IOException {
      throw new IOException("broken");
    }
  }

  private void assertContent(byte[] content) throws IOException {
    assertThat(world.content(Digest.of(content))).isEqualTo(content);
    world.awaitNoUploadObjects();
  }

  private long offset(String location) {
    return Long.parseLong(FakeAgent.head(collector.client, location).header("Upload-Offset"));
  }

  @Test
  void announcedArtifact_isPutAtItsAddressWhileItArrives() throws Exception {
    byte[] content = bytes(7 * MEBI);
    String location = create(content);

    Answer answer = patch(location, content, content.length, Digest.of(content));

    assertThat(answer.status()).as(answer.text()).isEqualTo(204);
    assertContent(content);
    assertThat(collector.faults.counts())
        .containsEntry("beginParts", 1)
        .containsEntry("putPart", 4)
        .containsEntry("completeParts", 1)
        .doesNotContainKeys("put", "copy", "find", "read", "delete", "abortParts");
  }

  @Test
  void announcedArtifact_longerThanWhatStaysHere_isPutAtItsAddress() throws Exception {
    byte[] content = bytes((int) ChunkWriter.WHOLE_MAX_BYTES + 5 * MEBI + 1);
    String location = create(content);

    Answer answer = patch(location, content, content.length, Digest.of(content));

    assertThat(answer.status()).as(answer.text()).isEqualTo(204);
    assertContent(content);
    assertThat(collector.faults.counts()).doesNotContainKeys("put", "copy", "find", "read");
  }

  @Test
  void wrongAnnouncement_contentComesToTheAddressOfWhatArrived() throws Exception {
    byte[] content = bytes(5 * MEBI);
    String location = create(content);
    Digest other = Digest.of(bytes(10));

    Answer answer = patch(location, content, content.length, other);

    assertThat(answer.status()).as(answer.text()).isEqualTo(204);
    assertContent(content);
    assertThat(world.objects.find(UploadObjects.blobKey(other))).isNull();
    assertThat(collector.faults.counts()).containsEntry("abortParts", 1);
  }

  @Test
  void wrongAnnouncement_ofALongArtifact_keepsTheBeginning() throws Exception {
    byte[] content = bytes((int) ChunkWriter.WHOLE_MAX_BYTES + 5 * MEBI);
    String location = create(content);
    Digest other = Digest.of(bytes(10));

    Answer answer = patch(location, content, content.length, other);

    assertThat(answer.status()).as(answer.text()).isEqualTo(204);
    int kept = Integer.parseInt(answer.header("Upload-Offset"));
    assertThat(kept).isEqualTo((int) ChunkWriter.WHOLE_MAX_BYTES);
    assertThat(offset(location)).isEqualTo(kept);
    byte[] rest = Arrays.copyOfRange(content, kept, content.length);
    assertThat(FakeAgent.patch(collector.client, location, kept, rest).status()).isEqualTo(204);
    assertContent(content);
    assertThat(world.objects.find(UploadObjects.blobKey(other))).isNull();
  }

  @Test
  void announcedArtifact_thatBreaksOff_goesOnWhereItStopped() throws Exception {
    byte[] content = bytes(7 * MEBI);
    String location = create(content);
    int sent = 5 * MEBI + 17;

    try {
      patch(location, content, sent, Digest.of(content));
    } catch (IOException brokenOff) {
      assertThat(brokenOff).hasMessageContaining("closed the connection");
    }

    assertThat(offset(location)).isEqualTo(sent);
    assertThat(world.objects.find(UploadObjects.blobKey(Digest.of(content)))).isNull();
    byte[] rest = Arrays.copyOfRange(content, sent, content.length);
    assertThat(FakeAgent.patch(collector.client, location, sent, rest).status()).isEqualTo(204);
    assertContent(content);
  }

  @Test
  void storeThatFailsWhileItArrives_keepsNothing_andTheArtifactCanBeSentAgain() throws Exception {
    byte[] content = bytes(7 * MEBI);
    String location = create(content);
    collector.faults.failNext("putPart");

    try {
      Answer answer = patch(location, content, content.length, Digest.of(content));
      assertThat(answer.status()).as(answer.text()).isGreaterThanOrEqualTo(500);
    } catch (IOException failed) {
      assertThat(failed).isNotNull();
    }

    assertThat(offset(location)).isZero();
    assertThat(world.objects.find(UploadObjects.blobKey(Digest.of(content)))).isNull();
    assertThat(FakeAgent.patch(collector.client, location, 0, content).status()).isEqualTo(204);
    assertContent(content);
  }
}
