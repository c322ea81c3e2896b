"""Static content: that everyone may read it, from the delivery network alone, and that its scripts may call the API."""

from functools import cache

from policies import bucket
from templates import REGION, SECURE, Stack, arn, installation

EVERY_OBJECT = bucket("<Content>", "*")
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"


@cache
def site():
    return Stack("site.yaml", {"Installation": "cinema", "Api": "https://tickets.example.org"})


def distribution():
    return site().one("AWS::CloudFront::Distribution")["DistributionConfig"]


def statements(effect):
    policy = site().one("AWS::S3::BucketPolicy")
    assert policy["Bucket"] == "<Content>"
    return [made for made in policy["PolicyDocument"]["Statement"] if made["Effect"] == effect]


def test_the_bucket_is_private_encrypted_and_versioned():
    bucket = site().one("AWS::S3::Bucket")
    blocked = bucket["PublicAccessBlockConfiguration"]
    assert len(blocked) == 4 and all(value is True for value in blocked.values())
    assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert bucket["VersioningConfiguration"]["Status"] == "Enabled"
    (old,) = bucket["LifecycleConfiguration"]["Rules"]
    assert old["Status"] == "Enabled" and old["NoncurrentVersionExpiration"]["NoncurrentDays"] >= 30
    assert "ExpirationInDays" not in old


def test_content_outlives_its_stack():
    made = site().resources["Content"]
    assert (made["DeletionPolicy"], made["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_only_this_distribution_reads_objects_and_lists_nothing():
    (allowed,) = statements("Allow")
    assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert (allowed["Action"], allowed["Resource"]) == ("s3:GetObject", EVERY_OBJECT)
    wanted = arn("cloudfront", "distribution/<Distribution>", region="")
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceArn": wanted}}


def test_nobody_uses_the_bucket_without_tls():
    (denied,) = statements("Deny")
    assert (denied["Principal"], denied["Action"]) == ("*", "s3:*")
    assert set(denied["Resource"]) == {bucket("<Content>"), EVERY_OBJECT}
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_distribution_signs_what_it_asks_the_bucket_for():
    (origin,) = distribution()["Origins"]
    assert origin["DomainName"] == "<Content.RegionalDomainName>"
    assert origin["OriginAccessControlId"] == "<OriginAccess>"
    assert origin["S3OriginConfig"] == {"OriginAccessIdentity": ""}
    access = site().one("AWS::CloudFront::OriginAccessControl")["OriginAccessControlConfig"]
    signing = access["OriginAccessControlOriginType"], access["SigningBehavior"], access["SigningProtocol"]
    assert signing == ("s3", "always", "sigv4")


def test_viewers_only_read_and_only_by_https():
    behavior = distribution()["DefaultCacheBehavior"]
    assert behavior["ViewerProtocolPolicy"] == "redirect-to-https"
    assert set(behavior["AllowedMethods"]) == set(behavior["CachedMethods"]) == {"GET", "HEAD"}
    (origin,) = distribution()["Origins"]
    assert behavior["TargetOriginId"] == origin["Id"]
    assert "CacheBehaviors" not in distribution() and distribution()["Enabled"] is True


def test_answers_are_compressed_cached_and_sent_by_http_3():
    behavior = distribution()["DefaultCacheBehavior"]
    assert (behavior["Compress"], behavior["CachePolicyId"]) == (True, CACHING_OPTIMIZED)
    assert (distribution()["HttpVersion"], distribution()["IPV6Enabled"]) == ("http2and3", True)
    assert distribution()["DefaultRootObject"] == "index.html"


def test_only_files_of_the_site_run_and_no_page_frames_it():
    assert distribution()["DefaultCacheBehavior"]["ResponseHeadersPolicyId"] == "<Headers>"
    config = site().one("AWS::CloudFront::ResponseHeadersPolicy")["ResponseHeadersPolicyConfig"]
    headers = config["SecurityHeadersConfig"]
    assert all(header["Override"] is True for header in headers.values())
    policy = dict(part.split(" ", 1) for part in headers["ContentSecurityPolicy"]["ContentSecurityPolicy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == "'self'" and "unsafe" not in str(policy)
    assert headers["FrameOptions"]["FrameOption"] == "DENY" and "ContentTypeOptions" in headers
    assert headers["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31536000


def test_scripts_of_the_site_call_the_api():
    part = installation(**SECURE).parts["Static"]
    config = part.one("AWS::CloudFront::ResponseHeadersPolicy")["ResponseHeadersPolicyConfig"]
    policy = config["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    assert f"; connect-src 'self' https://{SECURE['HostName']}; " in policy


def test_account_wide_names_have_installation_and_region():
    configs = [
        site().one("AWS::CloudFront::OriginAccessControl")["OriginAccessControlConfig"],
        site().one("AWS::CloudFront::ResponseHeadersPolicy")["ResponseHeadersPolicyConfig"],
    ]
    assert [config["Name"] for config in configs] == [f"cinema-{REGION}-static"] * 2


def test_the_outputs_are_the_bucket_and_its_address():
    assert site().outputs == {"Bucket": "<Content>", "Address": "https://<Distribution.DomainName>"}
