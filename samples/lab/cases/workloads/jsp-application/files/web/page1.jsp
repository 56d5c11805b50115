<% for (int i = 0; i < 4; i++) { %><li><%= i * i %></li><% } %>${param.q}
