package com.example.shop;

import java.io.File;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Lets Tomcat start where nothing can be written. Spring Boot makes two temporary folders for it
 * and gives up without; the shop serves no static file and no JSP, so any folder that exists will
 * do, and Tomcat itself only warns when it cannot make its work folder there.
 */
@Component
final class NoFolderNeeded implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    if (new File(System.getProperty("java.io.tmpdir")).canWrite()) {
      return;
    }
    File anyFolder = new File(System.getProperty("user.dir"));
    factory.setBaseDirectory(anyFolder);
    factory.setDocumentRoot(anyFolder);
  }
}
