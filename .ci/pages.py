"""Books a ticket from the API pages, as a visitor would, and lists a slot's tickets with a key.

usage: pages.py URL BOX_OFFICE_KEY [SCREENSHOT]
"""

import datetime
import json
import sys
import urllib.request

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions as until
from selenium.webdriver.support.ui import WebDriverWait


def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in ("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "window-size=1200,2000",
                 "disable-background-networking", "disable-component-update", "disable-sync"):
        options.add_argument("--" + flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))


class Pages:
    def __init__(self, driver, url):
        self.driver = driver
        self.wait = WebDriverWait(driver, 20)
        driver.get(url + "/docs")

    def click(self, css, within=""):
        element = self.wait.until(until.presence_of_element_located((By.CSS_SELECTOR, within + " " + css)))
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        self.wait.until(until.element_to_be_clickable(element)).click()
        return element

    def authorize(self, key):
        self.click(".btn.authorize")
        field = self.click("input[aria-label=auth-bearer-value]")
        field.send_keys(key)
        self.click(".auth-btn-wrapper .btn.authorize")
        self.click(".btn-done")

    def operation(self, tag, name):
        block = f"#operations-{tag}-{name}"
        self.click(".opblock-summary-control", block)
        self.wait.until(until.presence_of_element_located((By.CSS_SELECTOR, block + " .execute")))
        return block

    def fill(self, css, text):
        element = self.click(css)
        element.send_keys(Keys.CONTROL + "a")
        element.send_keys(text)
        # The page reads a text a moment after the last key, or when the field loses the focus.
        element.send_keys(Keys.TAB)

    def execute(self, block):
        self.click(".execute", block)
        live = block + " .live-responses-table"
        status = self.wait.until(until.presence_of_element_located((By.CSS_SELECTOR, live + " tbody .response-col_status")))
        body = self.driver.find_element(By.CSS_SELECTOR, live + " .highlight-code code").get_attribute("textContent")
        return status.text.split()[0], json.loads(body)


def slot_to_come(url):
    tomorrow = datetime.date.today() + datetime.timedelta(days=1)
    with urllib.request.urlopen(f"{url}/v1/slots?limit=1&from={tomorrow}T00:00:00Z") as answer:
        return json.load(answer)["slots"][0]["slotId"]


def main(url, key, screenshot=None):
    slot = slot_to_come(url)
    driver = browser()
    try:
        pages = Pages(driver, url)
        book = pages.operation("Bookings", "book")
        request = {"userName": "Ada", "userPhoneNumber": "5550100", "numTickets": 2, "slotId": slot}
        pages.fill(book + " textarea", json.dumps(request))
        status, booking = pages.execute(book)
        assert status == "201" and len(booking["tickets"]) == 2, (status, booking)

        pages.authorize(key)
        tickets = pages.operation("Slots", "listSlotTickets")
        pages.fill(tickets + " tr[data-param-name=slotId] input", slot)
        status, page = pages.execute(tickets)
        assert status == "200", (status, page)
        listed = {ticket["ticketId"] for ticket in page["tickets"]}
        booked = {ticket["ticketId"] for ticket in booking["tickets"]}
        assert booked <= listed, page

        if screenshot:
            driver.save_screenshot(screenshot)
        severe = [line for line in driver.get_log("browser") if line["level"] == "SEVERE"]
        assert not severe, severe
    finally:
        driver.quit()
    print("two tickets were booked from the pages, and listed with a key")


main(*sys.argv[1:])
