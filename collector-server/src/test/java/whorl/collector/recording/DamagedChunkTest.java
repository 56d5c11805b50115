package whorl.collector.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static whorl.collector.recording.ChunkMaker.INT;
import static whorl.collector.recording.ChunkMaker.LONG;
import static whorl.collector.recording.ChunkMaker.STRING;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import whorl.collector.recording.ChunkMaker.Part;

/** Chunks that no JVM writes. */
@Timeout(60)
class DamagedChunkTest extends ChunkFixture {
  @Test
  void constantsBeyondTheLimit_areCounted() throws Exception {
    int many = 1_500_010;
    ByteBuffer bytes =
        things(true, Part.of("text", STRING))
            .constants(
                1,
                out -> {
                  out.int64(STRING).int32(many);
                  for (int i = 1; i <= many; i++) {
                    out.int64(i).raw(1);
                  }
                })
            .event(THING, out -> out.int64(5).raw(2).int64(1))
            .event(THING, out -> out.int64(6).raw(2).int64(many))
            .metadata()
            .bytes();
    assertThat(Chunk.of(bytes, frames -> 1).remarks())
        .containsExactly("it has 10 constants more than the limit");
    assertThat(read(bytes)).containsExactly("1005 ", "1006 -");
  }

  @Test
  void tooLongNames_areRefused() {
    ChunkMaker maker = new ChunkMaker(true);
    String name = "n".repeat(1 << 20);
    for (int i = 0; i < 10; i++) {
      maker.type(1_000 + i, name, null);
    }
    ByteBuffer bytes = maker.metadata().bytes();
    assertThatThrownBy(() -> Chunk.of(bytes, frames -> 1))
        .hasMessage("its metadata has too long names");
  }

  @Test
  void recursiveType_losesOnlyItsEvents() throws Exception {
    ByteBuffer chunk =
        things(true, Part.of("text", STRING))
            .type(200, "acme.Endless", null, Part.of("more", 200))
            .type(201, "acme.Hopeless", EVENT, Part.of("startTime", LONG), Part.of("more", 200))
            .type(202, "acme.Simple", null, true, Part.constant("more", 202))
            .type(203, "acme.Vain", EVENT, Part.of("startTime", LONG), Part.constant("x", 202))
            .event(201, out -> out.int64(5).raw(new int[100]))
            .event(203, out -> out.int64(5).int64(1))
            .event(THING, out -> out.int64(6).raw(1))
            .metadata()
            .bytes();
    assertThat(read(chunk)).containsExactly("1005 (damaged)", "1005 -", "1006 ");
  }

  @Test
  void impossibleCount_losesOnlyItsEvent_andAllocatesNothing() throws Exception {
    ByteBuffer chunk =
        things(true, Part.of("text", STRING), Part.array("numbers", INT))
            .event(THING, out -> out.int64(5).raw(3).int32(Integer.MAX_VALUE))
            .event(THING, out -> out.int64(6).raw(1).int32(Integer.MAX_VALUE))
            .event(THING, out -> out.int64(7).raw(1).int32(0))
            .metadata()
            .bytes();
    assertThat(read(chunk)).containsExactly("1005 (damaged)", "1006  (damaged)", "1007  []");
  }

  @Test
  void valuesBeyondTheEvent_areNotReadFromTheNextOne() throws Exception {
    ByteBuffer chunk =
        things(true, Part.of("number", INT))
            .event(THING, out -> out.int64(5))
            .event(THING, out -> out.int64(6).int32(1))
            .metadata()
            .bytes();
    assertThat(read(chunk)).containsExactly("1005 (damaged)", "1006 1");
  }

  @Test
  void impossibleSize_endsTheChunk_andKeepsEarlierEvents() throws Exception {
    ByteBuffer bytes =
        things(true, Part.of("number", INT))
            .metadata()
            .event(THING, out -> out.int64(5).int32(1))
            .event(THING, 1_000, out -> out.int64(6).int32(1))
            .event(THING, out -> out.int64(7).int32(1))
            .bytes();
    Chunk chunk = Chunk.of(bytes, frames -> 1);
    assertThat(chunk.damage()).contains("can't be 10").contains("bytes long");
    assertThat(read(bytes)).containsExactly("1005 1");
  }

  @Test
  void unknownTypes_areSkipped_andTheirConstantsRead() throws Exception {
    ByteBuffer bytes =
        things(true, Part.of("number", INT))
            .constants(1, out -> out.int64(999).int32(1).int64(1).int64(1))
            .event(998, out -> out.int64(5))
            .event(THING, out -> out.int64(6).int32(1))
            .metadata()
            .bytes();
    assertThat(Chunk.of(bytes, frames -> 1).remarks())
        .singleElement()
        .asString()
        .contains("constants can't be read (constants are of type 999, which is missing)");
    assertThat(read(bytes)).containsExactly("1006 1");
  }

  @Test
  void chunkWithoutMetadata_orOfAnotherVersion_isRefused() {
    assertThatThrownBy(() -> Chunk.of(ByteBuffer.allocate(500), frames -> 1))
        .isInstanceOf(DamagedRecordingException.class)
        .hasMessageContaining("does not begin");
    ByteBuffer bare = new ChunkMaker(true).event(THING, out -> out.int64(5)).bytes();
    assertThatThrownBy(() -> Chunk.of(bare, frames -> 1)).hasMessage("it has no metadata");
    ByteBuffer later = things(true).metadata().bytes().putShort(4, (short) 3);
    assertThatThrownBy(() -> Chunk.of(later, frames -> 1)).hasMessageContaining("version 3");
  }
}
