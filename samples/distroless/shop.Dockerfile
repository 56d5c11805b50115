# The shop as a team would ship it: a distroless Java image and one jar.
ARG JAVA=21
FROM gcr.io/distroless/java${JAVA}-debian13:nonroot
COPY samples/shop/invoices /shop/invoices
COPY samples/shop/target/shop.jar /shop/shop.jar
WORKDIR /shop
EXPOSE 8080
CMD ["/shop/shop.jar"]
