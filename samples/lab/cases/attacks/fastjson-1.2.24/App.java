import com.alibaba.fastjson.JSON;
import whorl.lab.app.Web;

/** Reads JSON of clients. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create().on("/json", request -> JSON.parse(Web.text(request))).start();
  }
}
