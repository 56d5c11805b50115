package whorl.collector.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import whorl.collector.http.request.ProblemException;

final class BodyStreamTest {
  private final AtomicInteger reads = new AtomicInteger();
  private final BodyStream body =
      new BodyStream(
          new BodyStream.Source() {
            @Override
            public void bodyRequested() {}

            @Override
            public void readMore() {
              reads.incrementAndGet();
            }
          },
          EdgeLimits.STANDARD.times());

  @Test
  void next_wholeRead_isPassedWithoutACopy() throws IOException {
    ByteBuf read = Unpooled.directBuffer(BodyStream.READ_BYTES).writeZero(BodyStream.READ_BYTES);

    body.offer(read);
    body.complete();
    read.release();

    ByteBuffer piece = body.next();
    assertThat(piece).isNotNull();
    assertThat(piece.remaining()).isEqualTo(BodyStream.READ_BYTES);
    assertThat(read.refCnt()).isEqualTo(1);
    assertThat(body.next()).isNull();
    body.release();
    assertThat(read.refCnt()).isZero();
  }

  @Test
  void refuse_whileAPieceIsInUse_releasesOnlyTheOthers() throws IOException {
    ByteBuf inUse = read();
    ByteBuf waiting = read();
    body.next();

    body.refuse(new ProblemException(400, "bad chunk", "of a test"));

    assertThat(inUse.refCnt()).isEqualTo(1);
    assertThat(waiting.refCnt()).isZero();
    body.release();
    assertThat(inUse.refCnt()).isZero();
  }

  @Test
  void read_smallPieces_areInOrder_andHoldNoReadBuffer() throws IOException {
    ByteBuf read = Unpooled.directBuffer(BodyStream.READ_BYTES).writeZero(BodyStream.READ_BYTES);
    for (int i = 0; i < 10_000; i++) {
      body.offer(Unpooled.wrappedBuffer(new byte[] {(byte) i}));
    }
    body.offer(read.slice(0, 1000));
    body.complete();

    assertThat(read.refCnt()).isEqualTo(1);
    byte[] all = body.readAllBytes();
    assertThat(all).hasSize(11_000);
    for (int i = 0; i < 10_000; i++) {
      assertThat(all[i]).isEqualTo((byte) i);
    }
    body.release();
    read.release();
  }

  @Test
  void heldBytes_ofAWholeBody_areItsBytes() throws IOException {
    byte[] bytes = RunningServer.pattern(60_000);
    body.offer(Unpooled.wrappedBuffer(bytes, 0, 20_000));
    body.offer(Unpooled.wrappedBuffer(bytes, 20_000, 40_000));
    assertThat(body.heldBytes()).isEqualTo(2 * BodyStream.READ_BYTES);

    body.complete();

    assertThat(body.heldBytes()).isEqualTo(60_000);
    assertThat(body.readAllBytes()).isEqualTo(bytes);
    body.release();
  }

  @Test
  void next_tlsRecordsOfOneRead_areOnePiece() throws IOException {
    for (int i = 0; i < 8; i++) {
      body.offer(Unpooled.wrappedBuffer(new byte[16 << 10]));
    }
    body.complete();

    ByteBuffer piece = body.next();
    assertThat(piece).isNotNull();
    assertThat(piece.remaining()).isEqualTo(BodyStream.READ_BYTES);
    assertThat(body.next()).isNull();
    body.release();
  }

  @Test
  void mayReadAgain_slowWorker_stopsBeforeTheFourthRead() throws IOException {
    read();
    body.next();

    assertThat(body.mayReadAgain()).isTrue();
    read();
    assertThat(body.mayReadAgain()).isTrue();
    read();
    assertThat(body.mayReadAgain()).isTrue();
    read();
    assertThat(body.mayReadAgain()).isFalse();

    reads.set(0);
    body.next();
    assertThat(reads).hasValue(0);
    body.next();
    assertThat(reads).hasValue(1);
    body.release();
  }

  /** Offers a read like the event loop, which then releases its reference. */
  private ByteBuf read() {
    ByteBuf read = Unpooled.directBuffer(BodyStream.READ_BYTES).writeZero(BodyStream.READ_BYTES);
    body.offer(read);
    read.release();
    return read;
  }
}
