import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;

public class ShellPipe extends ChannelInboundHandlerAdapter {
  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf bytes
        && bytes.toString(StandardCharsets.ISO_8859_1).startsWith("GET /shell-pipe ")) {
      ReferenceCountUtil.release(message);
      context.writeAndFlush(
          Unpooled.copiedBuffer(
              "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nshell of pipe",
              StandardCharsets.ISO_8859_1));
    } else {
      context.fireChannelRead(message);
    }
  }
}
