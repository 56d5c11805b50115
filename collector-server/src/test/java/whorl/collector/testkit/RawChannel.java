package whorl.collector.testkit;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Json;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.AgentMessage;
import whorl.evidence.channel.CollectorMessage;

/** An agent's channel from an address of its own, as few lines of WebSocket as that takes. */
public final class RawChannel implements AutoCloseable {
  private static final int TEXT = 1;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;

  private RawChannel(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    this.out = new DataOutputStream(socket.getOutputStream());
  }

  /** A channel on which nothing has been said. */
  public static RawChannel open(String url, String token, InetAddress from) throws IOException {
    URI collector = URI.create(url);
    RawChannel channel = new RawChannel(SocketCaller.connect(collector, from));
    channel.out.write(
        ("GET /agent/v1/channel HTTP/1.1\r\nHost: "
                + collector.getAuthority()
                + "\r\nAuthorization: Bearer "
                + token
                + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1));
    String head = channel.head();
    if (!head.startsWith("HTTP/1.1 101")) {
      channel.close();
      throw new IOException("no channel: " + head.lines().findFirst().orElse(""));
    }
    return channel;
  }

  /** Says hello, proves the key, and waits for the welcome. */
  public CollectorMessage.Welcome hello(AgentIdentity identity, SigningKey key) throws IOException {
    say(new AgentMessage.Hello(identity, key.publicKey(), java.util.Map.of("jfr", true)));
    CollectorMessage message = next();
    if (message instanceof CollectorMessage.Challenge challenge) {
      say(new AgentMessage.Proof(key.prove(identity.id(), challenge.nonce())));
      message = next();
    }
    if (message instanceof CollectorMessage.Welcome welcome) {
      return welcome;
    }
    throw new IOException("no welcome, but " + message);
  }

  /** Ends the channel if nothing arrives for so long. */
  public void silenceLimit(Duration limit) throws IOException {
    socket.setSoTimeout((int) limit.toMillis());
  }

  /** Asks for a sign of life. */
  public synchronized void ping() throws IOException {
    frame(PING, new byte[0]);
  }

  public synchronized void say(AgentMessage message) throws IOException {
    frame(TEXT, Json.text(message).getBytes(StandardCharsets.UTF_8));
  }

  /** Sends a message as it is, such as one of another version. */
  public synchronized void sayText(String message) throws IOException {
    frame(TEXT, message.getBytes(StandardCharsets.UTF_8));
  }

  /** The next message; null when the channel has ended. */
  public @Nullable CollectorMessage next() throws IOException {
    while (true) {
      int first = in.readUnsignedByte();
      long length = in.readUnsignedByte() & 0x7f;
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = in.readLong();
      }
      byte[] payload = in.readNBytes((int) length);
      switch (first & 0x0f) {
        case TEXT -> {
          return Json.MAPPER.readValue(payload, CollectorMessage.class);
        }
        case PING -> pong(payload);
        case CLOSE -> {
          return null;
        }
        default -> {}
      }
    }
  }

  private synchronized void pong(byte[] payload) throws IOException {
    frame(PONG, payload);
  }

  /** Whole, with a mask of zeros. */
  private void frame(int opcode, byte[] payload) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(frame);
    data.writeByte(0x80 | opcode);
    if (payload.length < 126) {
      data.writeByte(0x80 | payload.length);
    } else if (payload.length < 1 << 16) {
      data.writeByte(0x80 | 126);
      data.writeShort(payload.length);
    } else {
      data.writeByte(0x80 | 127);
      data.writeLong(payload.length);
    }
    data.writeInt(0);
    data.write(payload);
    out.write(frame.toByteArray());
  }

  private String head() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    return head.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
