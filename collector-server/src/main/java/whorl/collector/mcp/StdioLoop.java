package whorl.collector.mcp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import whorl.collector.mcp.tools.Api;
import whorl.evidence.Json;

/**
 * MCP over two streams: one message a line, answered one after the other. What is not a message
 * gets an error, and the next line is read; the end of the input ends it.
 */
public final class StdioLoop {
  /** A longer line is skipped and refused. */
  static final int LINE_MAX_BYTES = 256 << 10;

  private final McpMessages messages;
  private final Api api;
  private final Consumer<String> problems;

  /**
   * @param problems receives what fails here, for the person who looks at the log of the client
   */
  public StdioLoop(McpMessages messages, Api api, Consumer<String> problems) {
    this.messages = messages;
    this.api = api;
    this.problems = problems;
  }

  /**
   * Returns at the end of the input.
   *
   * @throws IOException if one of the streams fails
   */
  public void run(InputStream in, OutputStream out) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    boolean tooLong = false;
    while (true) {
      int next = in.read();
      if (next == '\n' || next < 0) {
        if (tooLong) {
          send(tooLong(), out);
        } else if (!line.toString(StandardCharsets.UTF_8).isBlank()) {
          send(answer(line.toByteArray()), out);
        }
        if (next < 0) {
          return;
        }
        line.reset();
        tooLong = false;
      } else if (line.size() < LINE_MAX_BYTES) {
        line.write(next);
      } else {
        tooLong = true;
      }
    }
  }

  private McpReply answer(byte[] message) {
    try {
      return messages.answer(message, null, api);
    } catch (IOException | RuntimeException e) {
      problems.accept("a message could not be answered: " + e);
      return new RpcException(
              RpcException.INTERNAL_ERROR, 500, "it could not be answered; whorl mcp says why")
          .reply(id(message));
    }
  }

  private static @Nullable Object id(byte[] message) {
    try {
      return Incoming.id(Incoming.json(message));
    } catch (RpcException unreadable) {
      return null;
    }
  }

  private static McpReply tooLong() {
    return new RpcException(
            RpcException.INVALID_REQUEST,
            413,
            "the message is longer than " + LINE_MAX_BYTES + " bytes; send less")
        .reply(null);
  }

  private static void send(McpReply reply, OutputStream out) throws IOException {
    if (reply.message() != null) {
      out.write(Json.bytes(reply.message())); // ASCII, on one line
      out.write('\n');
      out.flush();
    }
  }
}
