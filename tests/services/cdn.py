"""Two buckets, and a CDN's edge in front of the one with media."""
import buckets
import ceph
import edge
import service


class Cdn(service.Service):
    name = "cdn"

    def __init__(self, folder):
        super().__init__(folder)
        self.s3 = ceph.SERVICE(self.folder / "s3")
        self.edge = edge.SERVICE(self.folder / "edge", f"{self.s3.endpoint}/{buckets.MEDIA}",
                                 (ceph.ACCESS_KEY, ceph.SECRET_KEY, "us-east-1"))

    def start(self):
        self.s3.start()
        buckets.Buckets(self.s3.environment()).create()
        self.edge.start()

    def stop(self):
        self.edge.stop()
        self.s3.stop()

    def kill(self):
        self.s3.kill()

    def environment(self):
        return {**self.s3.environment(), **self.edge.environment(), "SLUICE_TEST_CDN": self.edge.cdn_url()}


SERVICE = Cdn
